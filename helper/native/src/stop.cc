#include "stop.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace xdpw {

namespace {

constexpr int kSignal = SIGURG;
/** far longer than libbpf's probes of the kernel take, whose answers it keeps: they are hit once at most and tried again */
constexpr long kEveryNanoseconds = 5'000'000;

void Nothing(int) {}

/** A signal that is ignored never waits for anybody: so it has a handler. */
void HandleSignal() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_handler = Nothing;
    action.sa_flags = SA_RESTART;
    sigaction(kSignal, &action, nullptr);
  });
}

}  // namespace

void Stop::Ask() {
  std::lock_guard<std::mutex> lock(mutex_);
  asked_ = true;
  if (loading_) Ring();
}

bool Stop::Asked() {
  std::lock_guard<std::mutex> lock(mutex_);
  return asked_;
}

void Stop::Ring() {
  itimerspec when = {};
  when.it_value.tv_nsec = 1;
  when.it_interval.tv_nsec = kEveryNanoseconds;
  timer_settime(timer_, 0, &when, nullptr);
}

Stop::Scope::Scope(Stop& stop) : stop_(stop) {
  HandleSignal();
  std::lock_guard<std::mutex> lock(stop_.mutex_);
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kSignal;
  event.sigev_notify_thread_id = static_cast<pid_t>(syscall(SYS_gettid));
  if (timer_create(CLOCK_MONOTONIC, &event, &stop_.timer_)) {
    throw Failure("timer_create", "timer that could stop a load", errno);
  }
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, kSignal);
  pthread_sigmask(SIG_UNBLOCK, &ours, &before_);
  stop_.loading_ = true;
  if (stop_.asked_) stop_.Ring();
}

Stop::Scope::~Scope() {
  std::lock_guard<std::mutex> lock(stop_.mutex_);
  stop_.loading_ = false;
  timer_delete(stop_.timer_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace xdpw
