#pragma once
#include <string>

namespace xdpw {

/** Takes libbpf's printing away from stderr, for the whole process. */
void SilenceLibbpf();

/** While it lives, what libbpf says on this thread at level warn is kept here. */
class Prints {
 public:
  Prints();
  ~Prints();
  Prints(const Prints&) = delete;
  Prints& operator=(const Prints&) = delete;
  const std::string& Text() const { return text_; }

 private:
  std::string text_;
  std::string* before_;
};

}  // namespace xdpw
