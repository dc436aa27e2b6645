#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "addon.h"
#include "arguments.h"
#include "pool.h"

namespace xdpw {

namespace {

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";

/** never closed: threads need it until the process ends */
int home = -1;
/** the descriptor of the namespace that this thread stands in, where one of our scopes moved it */
thread_local int standing = -1;

int Standing() { return standing >= 0 ? standing : home; }

Napi::Value InNetns(const Napi::CallbackInfo& info) {
  auto path = ToTextOrNull(info[0], "path");
  auto fn = ToFunction(info[1], "fn");
  if (!PoolIsWarm()) {
    throw Napi::Error::New(info.Env(), "cannot enter a namespace before warmPool() has completed: "
                                       "the threads of a cold pool would be born there");
  }
  Napi::Value result;
  {
    NetnsScope scope(path);
    result = fn.Call({});
  }
  if (result.IsPromise()) {
    throw Napi::TypeError::New(info.Env(), "inNetns takes a synchronous function: its promise would go on outside");
  }
  return result;
}

}  // namespace

void RememberHomeNamespace() {
  static std::once_flag once;
  std::call_once(once, [] { home = open(kOwnNamespace, O_RDONLY | O_CLOEXEC); });
}

bool AtHome() {
  struct stat own, remembered;
  if (stat(kOwnNamespace, &own) || fstat(home, &remembered)) return false;
  return own.st_ino == remembered.st_ino && own.st_dev == remembered.st_dev;
}

NetnsScope::NetnsScope(const std::optional<std::string>& path) : before_(Standing()) {
  int target = home;
  if (path) {
    // not blocking, because a path may name a FIFO
    target_ = Fd(open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!target_.Open()) throw Failure("open", "open of network namespace " + *path, errno);
    target = target_.Get();
  }
  if (target == before_) return;
  if (setns(target, CLONE_NEWNET)) {
    throw Failure("setns", "enter of network namespace " + path.value_or("of the start"), errno);
  }
  moved_ = true;
  standing = target;
}

NetnsScope::~NetnsScope() {
  if (!moved_) return;
  if (setns(before_, CLONE_NEWNET)) {
    perror("xdpw: cannot return from a network namespace");
    abort();
  }
  standing = before_;
}

void RegisterNetns(Napi::Object exports) { Export<InNetns>(exports, "inNetns"); }

}  // namespace xdpw
