#include "prints.h"

#include <bpf/libbpf.h>
#include <cstdarg>
#include <cstdio>

namespace xdpw {

namespace {

thread_local std::string* listening = nullptr;

int Keep(enum libbpf_print_level level, const char* format, va_list arguments) {
  if (level > LIBBPF_WARN || !listening) return 0;
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length <= 0) return 0;
  size_t start = listening->size();
  listening->resize(start + static_cast<size_t>(length) + 1);
  vsnprintf(listening->data() + start, static_cast<size_t>(length) + 1, format, arguments);
  listening->resize(start + static_cast<size_t>(length));
  return length;
}

}  // namespace

void SilenceLibbpf() { libbpf_set_print(Keep); }

Prints::Prints() : before_(listening) { listening = &text_; }
Prints::~Prints() { listening = before_; }

}  // namespace xdpw
