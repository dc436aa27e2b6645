#pragma once
#include <optional>
#include <string>

#include "fd.h"

namespace xdpw {

/** Keeps a descriptor of the calling thread's network namespace for good; the first call counts. */
void RememberHomeNamespace();

/** Whether the calling thread stands in the home namespace. */
bool AtHome();

/**
 * Stands in a network namespace (none: home) on the calling thread while it lives. May be nested.
 * The way back never fails quietly: a thread that is lost in a foreign namespace ends the process.
 */
class NetnsScope {
 public:
  explicit NetnsScope(const std::optional<std::string>& path);
  ~NetnsScope();
  NetnsScope(const NetnsScope&) = delete;
  NetnsScope& operator=(const NetnsScope&) = delete;

 private:
  Fd target_;
  int before_;
  bool moved_ = false;
};

}  // namespace xdpw
