// Changes of interfaces (RTNLGRP_LINK, one socket a namespace) and ends of processes, waited for on one thread.
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <thread>

#include "addon.h"
#include "arguments.h"
#include "fd.h"
#include "netns.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace xdpw {

namespace {

/** a burst may be lost: the first message of it already says that something changed */
constexpr int kReceiveBuffer = 64 << 10;
constexpr uint64_t kClosing = 0;
constexpr uint64_t kEnded = uint64_t{1} << 32;

struct Watched {
  Fd socket;
  Fd process;
};

Fd OpenLinkSocket(const std::optional<std::string>& netns, const std::string& what) {
  NetnsScope scope(netns);
  Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!fd.Open()) throw Failure("socket", what, errno);
  int size = kReceiveBuffer;
  setsockopt(fd.Get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (bind(fd.Get(), reinterpret_cast<sockaddr*>(&address), sizeof(address))) throw Failure("bind", what, errno);
  return fd;
}

/** LinkWatch of face.ts. What it waits for is disarmed when it tells of it (EPOLLONESHOT), so that a flood costs nothing. */
class LinkWatch : public Napi::ObjectWrap<LinkWatch> {
 public:
  static Napi::Function Class(Napi::Env env) {
    return DefineClass(env, "LinkWatch",
                       {
                           InstanceMethod<&LinkWatch::Add>("add"),
                           InstanceMethod<&LinkWatch::Rearm>("rearm"),
                           InstanceMethod<&LinkWatch::Remove>("remove"),
                           InstanceMethod<&LinkWatch::Close>("close"),
                       });
  }

  explicit LinkWatch(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LinkWatch>(info) {
    Napi::Env env = info.Env();
    auto told = ToFunction(info[0], "told");
    Guard(env, [&] {
      epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
      if (!epoll_.Open()) throw Failure("epoll_create1", kWhat, errno);
      closing_ = Fd(eventfd(0, EFD_CLOEXEC));
      if (!closing_.Open()) throw Failure("eventfd", kWhat, errno);
      Arm(EPOLL_CTL_ADD, closing_, kClosing, 0);
    });
    tell_ = Napi::ThreadSafeFunction::New(env, told, "xdpw links", 0, 1);
    tell_.Unref(env);
    thread_ = std::thread([this] { Run(); });
  }

  ~LinkWatch() { End(); }

 private:
  static constexpr const char* kWhat = "watch of interfaces";

  void Arm(int how, const Fd& fd, uint64_t tag, uint32_t flags) {
    epoll_event event = {};
    event.events = EPOLLIN | flags;
    event.data.u64 = tag;
    if (epoll_ctl(epoll_.Get(), how, fd.Get(), &event)) throw Failure("epoll_ctl", kWhat, errno);
  }

  void Run() {
    for (;;) {
      epoll_event event;
      int count = epoll_wait(epoll_.Get(), &event, 1, -1);
      if (count < 0 && errno != EINTR) return;
      if (count < 1) continue;
      uint64_t tag = event.data.u64;
      if (tag == kClosing) return;
      tell_.NonBlockingCall([tag](Napi::Env env, Napi::Function told) {
        auto id = Napi::Number::New(env, static_cast<double>(tag & ~kEnded));
        told.Call({id, Napi::String::New(env, tag & kEnded ? "ended" : "changed")});
      });
    }
  }

  void End() {
    if (!thread_.joinable()) return;
    uint64_t one = 1;
    while (write(closing_.Get(), &one, sizeof(one)) < 0 && errno == EINTR) continue;
    thread_.join();
    watched_.clear();
    tell_.Release();
    epoll_.Close();
    closing_.Close();
  }

  Napi::Value Add(const Napi::CallbackInfo& info) {
    auto netns = ToTextOrNull(info[0], "netns");
    std::optional<uint32_t> pid;
    if (!info[1].IsNull()) pid = ToUint32(info[1], "pid");
    return Guard(info.Env(), [&]() -> Napi::Value {
      if (!thread_.joinable()) throw Failure("epoll_ctl", kWhat, EBADF);
      std::string what = "watch of the interfaces of " + netns.value_or("the namespace of the start");
      Watched one;
      if (pid) {
        one.process = Fd(static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(*pid), 0)));
        if (!one.process.Open()) throw Failure("pidfd_open", what, errno);
      }
      one.socket = OpenLinkSocket(netns, what);
      last_ += 1;
      Arm(EPOLL_CTL_ADD, one.socket, last_, EPOLLONESHOT);
      if (pid) Arm(EPOLL_CTL_ADD, one.process, last_ | kEnded, EPOLLONESHOT);
      watched_.emplace(last_, std::move(one));
      return Napi::Number::New(info.Env(), last_);
    });
  }

  /** Drains first and arms then: what comes in between is told. */
  Napi::Value Rearm(const Napi::CallbackInfo& info) {
    uint32_t id = ToUint32(info[0], "id");
    return Guard(info.Env(), [&]() -> Napi::Value {
      bool lost = false;
      auto found = watched_.find(id);
      if (found != watched_.end()) {
        uint8_t bytes[8192];
        for (;;) {
          ssize_t length = recv(found->second.socket.Get(), bytes, sizeof(bytes), MSG_DONTWAIT);
          if (length >= 0 || errno == EINTR) continue;
          if (errno != ENOBUFS) break;
          lost = true;
        }
        Arm(EPOLL_CTL_MOD, found->second.socket, id, EPOLLONESHOT);
      }
      return Napi::Boolean::New(info.Env(), lost);
    });
  }

  Napi::Value Remove(const Napi::CallbackInfo& info) {
    // closing a descriptor takes it out of the epoll set
    watched_.erase(ToUint32(info[0], "id"));
    return info.Env().Undefined();
  }

  Napi::Value Close(const Napi::CallbackInfo& info) {
    End();
    return info.Env().Undefined();
  }

  Fd epoll_;
  Fd closing_;
  std::map<uint32_t, Watched> watched_;
  uint32_t last_ = 0;
  Napi::ThreadSafeFunction tell_;
  std::thread thread_;
};

Napi::Value WatchLinks(const Napi::CallbackInfo& info) {
  return info.Env().GetInstanceData<Realm>()->linkWatch.New({ToFunction(info[0], "told")});
}

}  // namespace

void RegisterWatch(Napi::Object exports, Realm& realm) {
  realm.linkWatch = Napi::Persistent(LinkWatch::Class(exports.Env()));
  Export<WatchLinks>(exports, "watchLinks");
}

}  // namespace xdpw
