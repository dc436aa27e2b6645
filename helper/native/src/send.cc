#include <errno.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "addon.h"
#include "arguments.h"
#include "packet-socket.h"

#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif

namespace xdpw {

namespace {

constexpr uint64_t kSecond = 1000000000;
constexpr uint64_t kBatch = 64;
/** how long the queue may stay full before the send is given up */
constexpr uint64_t kPatience = 5 * kSecond;

uint64_t Now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * kSecond + static_cast<uint64_t>(time.tv_nsec);
}

struct SendRequest {
  Fd socket;
  std::vector<uint8_t> frames;
  uint32_t frameLength;
  uint64_t count;
  double rate;
  std::string what;
};

/** One run of frames on a thread of its own: a slow one must not hold a thread of libuv's pool. */
class Sending {
 public:
  Sending(Napi::Env env, SendRequest request)
      : request_(std::move(request)), deferred_(Napi::Promise::Deferred::New(env)) {}

  static Napi::Promise Start(Napi::Env env, SendRequest request) {
    auto* sending = new Sending(env, std::move(request));
    auto nothing = Napi::Function::New(env, [](const Napi::CallbackInfo&) {});
    // the finalizer runs after the report, or when the realm ends before it
    sending->report_ = Napi::ThreadSafeFunction::New(env, nothing, "xdpw send", 0, 1, [sending](Napi::Env) {
      sending->stop_ = true;
      sending->thread_.join();
      delete sending;
    });
    Napi::Promise promise = sending->deferred_.Promise();
    sending->thread_ = std::thread([sending] { sending->Run(); });
    return promise;
  }

 private:
  void Run() {
    try {
      Send();
    } catch (const Failure& failure) {
      failure_ = failure;
      failure_->done = static_cast<double>(sent_);
    }
    report_.BlockingCall(this, [](Napi::Env env, Napi::Function, Sending* sending) { sending->Settle(env); });
    report_.Release();
  }

  void Settle(Napi::Env env) {
    if (env == nullptr) return;
    if (failure_) {
      deferred_.Reject(ToError(env, *failure_).Value());
      return;
    }
    auto result = Napi::Object::New(env);
    result.Set("sent", static_cast<double>(sent_));
    result.Set("nanoseconds", Napi::BigInt::New(env, nanoseconds_));
    deferred_.Resolve(result);
  }

  /** Sleeps until a moment of CLOCK_MONOTONIC, in pieces, so that a stop is noticed. */
  void SleepUntil(uint64_t moment) {
    for (uint64_t now = Now(); now < moment && !stop_; now = Now()) {
      uint64_t until = std::min(moment, now + kSecond / 20);
      timespec time = {static_cast<time_t>(until / kSecond), static_cast<long>(until % kSecond)};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
    }
  }

  void Send() {
    int on = 1;
    setsockopt(request_.socket.Get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
    timeval timeout = {0, 200000};
    setsockopt(request_.socket.Get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));

    uint64_t started = Now();
    while (sent_ < request_.count && !stop_) {
      uint64_t burst = std::min(kBatch, request_.count - sent_);
      if (request_.rate > 0) {
        // a burst each millisecond, each at its place on the clock: being late once does not slow the whole down
        burst = std::min(burst, std::max<uint64_t>(1, static_cast<uint64_t>(request_.rate / 1000)));
        SleepUntil(started + static_cast<uint64_t>(static_cast<long double>(sent_) * kSecond / request_.rate));
      }
      SendBurst(burst);
    }
    nanoseconds_ = Now() - started;
  }

  void SendBurst(uint64_t burst) {
    mmsghdr messages[kBatch] = {};
    iovec parts[kBatch];
    uint64_t variety = request_.frames.size() / request_.frameLength;
    for (uint64_t i = 0; i < burst; i += 1) {
      parts[i] = {request_.frames.data() + (sent_ + i) % variety * request_.frameLength, request_.frameLength};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    uint64_t done = 0;
    for (uint64_t stuckSince = 0; done < burst && !stop_;) {
      int count = sendmmsg(request_.socket.Get(), messages + done, static_cast<unsigned>(burst - done), 0);
      if (count > 0) {
        done += static_cast<uint64_t>(count);
        sent_ += static_cast<uint64_t>(count);
        stuckSince = 0;
        continue;
      }
      if (errno == EINTR) continue;
      bool full = errno == ENOBUFS || errno == EAGAIN;
      if (full && stuckSince == 0) stuckSince = Now();
      if (!full || Now() - stuckSince > kPatience) throw Failure("sendmmsg", request_.what, errno);
      SleepUntil(Now() + 50000);
    }
  }

  SendRequest request_;
  Napi::Promise::Deferred deferred_;
  Napi::ThreadSafeFunction report_;
  std::thread thread_;
  std::atomic<bool> stop_{false};
  uint64_t sent_ = 0;
  uint64_t nanoseconds_ = 0;
  std::optional<Failure> failure_;
};

Napi::Value SendFrames(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto options = ToObject(info[0], "options");
  auto netns = ToTextOrNull(options.Get("netns"), "netns");
  uint32_t ifindex = ToUint32(options.Get("ifindex"), "ifindex");
  Bytes frames = ToBytes(options.Get("frames"), "frames");
  uint32_t length = ToUint32(options.Get("frameLength"), "frameLength");
  if (length == 0 || frames.size == 0 || frames.size % length != 0) {
    throw Napi::TypeError::New(env, "argument frames must be whole frames of frameLength bytes");
  }
  Napi::Value rate = options.Get("rate");
  if (!rate.IsNumber() || !(rate.As<Napi::Number>().DoubleValue() >= 0)) {
    throw Napi::TypeError::New(env, "argument rate must be packets per second, or 0");
  }
  SendRequest request;
  request.what = "send to ifindex " + std::to_string(ifindex);
  request.frames.assign(frames.data, frames.data + frames.size);
  request.frameLength = length;
  request.count = ToCount(options.Get("count"), "count");
  request.rate = rate.As<Napi::Number>().DoubleValue();
  try {
    request.socket = OpenPacketSocket(netns, request.what);
    BindPacketSocket(request.socket, ifindex, 0, request.what);
  } catch (const Failure& failure) {
    auto deferred = Napi::Promise::Deferred::New(env);
    deferred.Reject(ToError(env, failure).Value());
    return deferred.Promise();
  }
  return Sending::Start(env, std::move(request));
}

}  // namespace

void RegisterSend(Napi::Object exports) { Export<SendFrames>(exports, "sendFrames"); }

}  // namespace xdpw
