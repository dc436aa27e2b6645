#include "errors.h"

#include <bpf/libbpf.h>
#include <string.h>

namespace xdpw {

namespace {

/** errno that libbpf and batch operations let through although user space has no name for it (include/linux/errno.h) */
constexpr int kNotSupportedInKernel = 524;

std::string LibbpfErrorName(int error) {
  switch (error) {
    case LIBBPF_ERRNO__LIBELF: return "LIBBPF_LIBELF";
    case LIBBPF_ERRNO__FORMAT: return "LIBBPF_FORMAT";
    case LIBBPF_ERRNO__KVERSION: return "LIBBPF_KVERSION";
    case LIBBPF_ERRNO__ENDIAN: return "LIBBPF_ENDIAN";
    case LIBBPF_ERRNO__INTERNAL: return "LIBBPF_INTERNAL";
    case LIBBPF_ERRNO__RELOC: return "LIBBPF_RELOC";
    case LIBBPF_ERRNO__LOAD: return "LIBBPF_LOAD";
    case LIBBPF_ERRNO__VERIFY: return "LIBBPF_VERIFY";
    case LIBBPF_ERRNO__PROG2BIG: return "LIBBPF_PROG2BIG";
    default: return "LIBBPF_" + std::to_string(error);
  }
}

std::string ErrorText(int error) {
  if (error == kNotSupportedInKernel) return "Operation not supported by the kernel";
  char text[256] = "";
  libbpf_strerror(error, text, sizeof(text));
  return text;
}

}  // namespace

std::string ErrorName(int error) {
  if (error >= __LIBBPF_ERRNO__START) return LibbpfErrorName(error);
  if (error == kNotSupportedInKernel) return "ENOTSUPP";
#ifdef __GLIBC__
  if (const char* name = strerrorname_np(error)) return name;
#endif
  return "errno " + std::to_string(error);
}

std::string Failure::Message() const {
  std::string message = subject + " failed: " + (cause ? *cause : ErrorText(error)) + " (" + ErrorName(error) + ")";
  if (extack) message += ": " + *extack;
  return message;
}

Napi::Error ToError(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.Message());
  error.Set("errno", Napi::Number::New(env, failure.error));
  error.Set("code", Napi::String::New(env, ErrorName(failure.error)));
  error.Set("operation", Napi::String::New(env, failure.operation));
  if (failure.extack) error.Set("extack", Napi::String::New(env, *failure.extack));
  if (failure.log) error.Set("log", Napi::String::New(env, *failure.log));
  if (failure.libbpf) error.Set("libbpf", Napi::String::New(env, *failure.libbpf));
  if (failure.done) error.Set("done", Napi::Number::New(env, *failure.done));
  return error;
}

}  // namespace xdpw
