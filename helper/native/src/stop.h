#pragma once
#include <signal.h>
#include <time.h>

#include <mutex>

namespace xdpw {

/**
 * Ends a load from another thread. The verifier looks at each instruction whether a signal waits for its thread, and
 * gives up with EAGAIN (signal_pending in do_check, kernel/bpf/verifier.c); libbpf begins again, five times in all. So a
 * timer of the loading thread sends it SIGURG again and again until the load is over. SIGURG, because one that waits
 * takes no second beside it, and because where nobody handles it nothing happens.
 */
class Stop {
 public:
  /** From any thread, also before the load and after it. */
  void Ask();
  bool Asked();

  /** For as long as it stands, the calling thread is the one to stop. */
  class Scope {
   public:
    explicit Scope(Stop& stop);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Stop& stop_;
    sigset_t before_;
  };

 private:
  void Ring();

  std::mutex mutex_;
  bool asked_ = false;
  bool loading_ = false;
  timer_t timer_{};
};

}  // namespace xdpw
