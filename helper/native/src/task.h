#pragma once
#include <napi.h>

#include <optional>

#include "errors.h"

namespace xdpw {

/** Work on libuv's pool that ends in a promise. Run() may throw Failure and must not touch JavaScript. */
class Task : public Napi::AsyncWorker {
 public:
  explicit Task(Napi::Env env, const char* name)
      : Napi::AsyncWorker(env, name), deferred_(Napi::Promise::Deferred::New(env)) {}

  /** Queues the task, which frees itself when it is over. */
  Napi::Promise Start() {
    Napi::Promise promise = deferred_.Promise();
    Queue();
    return promise;
  }

 protected:
  virtual void Run() = 0;
  virtual Napi::Value Result(Napi::Env env) = 0;

 private:
  void Execute() override {
    try {
      Run();
    } catch (const Failure& failure) {
      failure_ = failure;
    } catch (const std::bad_alloc&) {
      failure_ = Failure("malloc", "allocation of memory", ENOMEM);
    }
  }

  void OnOK() override {
    Napi::Env env = Env();
    try {
      if (failure_) {
        deferred_.Reject(ToError(env, *failure_).Value());
      } else {
        deferred_.Resolve(Guard(env, [&] { return Result(env); }));
      }
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  Napi::Promise::Deferred deferred_;
  std::optional<Failure> failure_;
};

}  // namespace xdpw
