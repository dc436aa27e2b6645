#pragma once
#include <napi.h>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace xdpw {

/** What the kernel or libbpf refused. It knows no JavaScript, so worker threads may throw it. */
struct Failure : std::exception {
  /** `what` is the act and its object, e.g. "load of program xdp_foo"; `error` a positive errno or LIBBPF_ERRNO__* */
  Failure(std::string operation, std::string what, int error)
      : operation(std::move(operation)), subject(std::move(what)), error(error) {}

  const char* what() const noexcept override { return subject.c_str(); }
  /** "load of program xdp_foo failed: Permission denied (EACCES)" */
  std::string Message() const;

  std::string operation;
  std::string subject;
  int error;
  /** said in place of strerror's words, where the cause is ours and not the kernel's */
  std::optional<std::string> cause;
  std::optional<std::string> extack;
  std::optional<std::string> log;
  std::optional<std::string> libbpf;
  std::optional<double> done;
};

/** "EPERM"; "LIBBPF_FORMAT" and such for libbpf's own; the number where there is no name. */
std::string ErrorName(int error);

/** The KernelError of kernel-error.ts. */
Napi::Error ToError(Napi::Env env, const Failure& failure);

/** Runs fn and turns what C++ throws into what JavaScript catches. */
template <typename Fn>
auto Guard(Napi::Env env, Fn fn) -> decltype(fn()) {
  try {
    return fn();
  } catch (const Failure& failure) {
    throw ToError(env, failure);
  } catch (const std::bad_alloc&) {
    throw ToError(env, Failure("malloc", "allocation of memory", 12 /* ENOMEM */));
  }
}

}  // namespace xdpw
