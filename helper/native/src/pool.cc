#include "pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "addon.h"
#include "netns.h"
#include "task.h"

namespace xdpw {

namespace {

std::atomic<bool> warm{false};

/** as libuv reads it (uv_queue_work's documentation): default 4, at least 1, at most 1024 */
int PoolSize() {
  const char* set = getenv("UV_THREADPOOL_SIZE");
  return set ? std::clamp(atoi(set), 1, 1024) : 4;
}

/** All jobs wait for each other, so that each must be on a thread of its own. */
struct Meeting {
  explicit Meeting(int expected) : missing(expected) {}

  void Attend() {
    std::unique_lock<std::mutex> lock(mutex);
    missing -= 1;
    changed.notify_all();
    if (!changed.wait_for(lock, std::chrono::seconds(10), [&] { return missing <= 0; })) {
      Failure failure("uv_queue_work", "warm-up of the thread pool", ETIMEDOUT);
      failure.cause = "other work holds its threads, or UV_THREADPOOL_SIZE was changed after they were born";
      throw failure;
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  int missing;
};

class WarmUp : public Task {
 public:
  WarmUp(Napi::Env env, std::shared_ptr<Meeting> meeting) : Task(env, "xdpw warm"), meeting_(std::move(meeting)) {}

 protected:
  void Run() override {
    meeting_->Attend();
    if (!AtHome()) {
      Failure failure("uv_queue_work", "warm-up of the thread pool", EINVAL);
      failure.cause = "a thread of the pool was born in a foreign network namespace";
      throw failure;
    }
  }
  Napi::Value Result(Napi::Env env) override { return env.Undefined(); }

 private:
  std::shared_ptr<Meeting> meeting_;
};

Napi::Value SetWarm(const Napi::CallbackInfo& info) {
  warm = true;
  return info.Env().Undefined();
}

Napi::Value WarmPool(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto meeting = std::make_shared<Meeting>(PoolSize());
  auto jobs = Napi::Array::New(env);
  for (int i = meeting->missing; i > 0; i -= 1) jobs[jobs.Length()] = (new WarmUp(env, meeting))->Start();
  auto promises = env.Global().Get("Promise").As<Napi::Object>();
  auto all = promises.Get("all").As<Napi::Function>().Call(promises, {jobs}).As<Napi::Object>();
  return all.Get("then").As<Napi::Function>().Call(all, {Napi::Function::New<SetWarm>(env)});
}

}  // namespace

bool PoolIsWarm() { return warm; }

void RegisterPool(Napi::Object exports) { Export<WarmPool>(exports, "warmPool"); }

}  // namespace xdpw
