#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <memory>
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

constexpr int kReceiveBuffer = 64 << 20;
constexpr size_t kBatch = 64;
constexpr size_t kVlanTag = 4;
constexpr size_t kAddresses = 2 * ETH_ALEN;

struct Part {
  size_t offset;
  std::vector<uint8_t> bytes;
};
using Pattern = std::vector<Part>;

bool Matches(const Pattern& pattern, const uint8_t* frame, size_t length) {
  return std::all_of(pattern.begin(), pattern.end(), [&](const Part& part) {
    return part.offset + part.bytes.size() <= length &&
           memcmp(frame + part.offset, part.bytes.data(), part.bytes.size()) == 0;
  });
}

/** Reads a socket on a thread of its own until it is destroyed. */
class Counting {
 public:
  Counting(Fd socket, Fd ending, std::vector<Pattern> patterns)
      : socket_(std::move(socket)), ending_(std::move(ending)), patterns_(std::move(patterns)),
        counts_(patterns_.size()) {
    for (const auto& pattern : patterns_) {
      for (const auto& part : pattern) reach_ = std::max(reach_, part.offset + part.bytes.size());
    }
    thread_ = std::thread([this] { Run(); });
  }

  ~Counting() {
    uint64_t one = 1;
    while (write(ending_.Get(), &one, sizeof(one)) < 0 && errno == EINTR) continue;
    thread_.join();
  }

  std::vector<uint64_t> Counts() const { return {counts_.begin(), counts_.end()}; }

  uint64_t Dropped() {
    tpacket_stats statistics = {};
    socklen_t size = sizeof(statistics);
    // the kernel's counter starts anew with each reading
    if (!getsockopt(socket_.Get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size)) dropped_ += statistics.tp_drops;
    return dropped_;
  }

 private:
  struct Slot {
    sockaddr_ll from;
    alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(tpacket_auxdata))];
    iovec part;
    std::vector<uint8_t> frame;
  };

  void Run() {
    std::vector<Slot> slots(kBatch);
    for (auto& slot : slots) slot.frame.resize(kVlanTag + std::max(reach_, size_t{ETH_HLEN}));
    pollfd waiting[2] = {{socket_.Get(), POLLIN, 0}, {ending_.Get(), POLLIN, 0}};
    for (;;) {
      if (poll(waiting, 2, -1) < 0) continue;
      if (waiting[1].revents) return;
      Drain(slots);
    }
  }

  void Drain(std::vector<Slot>& slots) {
    mmsghdr messages[kBatch] = {};
    for (size_t i = 0; i < kBatch; i += 1) {
      Slot& slot = slots[i];
      // room before the frame, to put a VLAN tag back
      slot.part = {slot.frame.data() + kVlanTag, slot.frame.size() - kVlanTag};
      msghdr& header = messages[i].msg_hdr;
      header.msg_name = &slot.from;
      header.msg_namelen = sizeof(slot.from);
      header.msg_iov = &slot.part;
      header.msg_iovlen = 1;
      header.msg_control = slot.control;
      header.msg_controllen = sizeof(slot.control);
    }
    // an interface that goes down is an error once; it may come back
    int count = recvmmsg(socket_.Get(), messages, kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; i += 1) Judge(slots[static_cast<size_t>(i)], messages[i]);
  }

  void Judge(Slot& slot, mmsghdr& message) {
    if (slot.from.sll_pkttype == PACKET_OUTGOING) return;
    uint8_t* frame = slot.frame.data() + kVlanTag;
    size_t length = message.msg_len;
    if (auto tag = VlanTag(message.msg_hdr); tag && length >= kAddresses) {
      frame -= kVlanTag;
      length += kVlanTag;
      memmove(frame, frame + kVlanTag, kAddresses);
      memcpy(frame + kAddresses, &*tag, kVlanTag);
    }
    for (size_t i = 0; i < patterns_.size(); i += 1) {
      if (Matches(patterns_[i], frame, length)) counts_[i].fetch_add(1, std::memory_order_relaxed);
    }
  }

  /** The kernel takes the outer tag out of the frame and hands it over beside it. */
  static std::optional<uint32_t> VlanTag(msghdr& header) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
      if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) continue;
      tpacket_auxdata data;
      memcpy(&data, CMSG_DATA(part), sizeof(data));
      if (!(data.tp_status & TP_STATUS_VLAN_VALID)) return std::nullopt;
      uint16_t protocol = data.tp_status & TP_STATUS_VLAN_TPID_VALID ? data.tp_vlan_tpid : ETH_P_8021Q;
      const uint8_t bytes[kVlanTag] = {
          static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol),
          static_cast<uint8_t>(data.tp_vlan_tci >> 8), static_cast<uint8_t>(data.tp_vlan_tci)};
      uint32_t tag;
      memcpy(&tag, bytes, sizeof(tag));
      return tag;
    }
    return std::nullopt;
  }

  Fd socket_;
  Fd ending_;
  std::vector<Pattern> patterns_;
  std::vector<std::atomic<uint64_t>> counts_;
  size_t reach_ = 0;
  uint64_t dropped_ = 0;
  std::thread thread_;
};

/** FrameCounter of face.ts. After close() the last numbers stay readable. */
class FrameCounter : public Napi::ObjectWrap<FrameCounter> {
 public:
  static Napi::Function Class(Napi::Env env) {
    return DefineClass(env, "FrameCounter",
                       {
                           InstanceMethod<&FrameCounter::Counts>("counts"),
                           InstanceMethod<&FrameCounter::Dropped>("dropped"),
                           InstanceMethod<&FrameCounter::Close>("close"),
                       });
  }

  explicit FrameCounter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FrameCounter>(info) {
    if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "a FrameCounter comes from countFrames()");
    counting_ = std::move(*info[0].As<Napi::External<std::unique_ptr<Counting>>>().Data());
  }

 private:
  void Remember() {
    if (!counting_) return;
    counts_ = counting_->Counts();
    dropped_ = counting_->Dropped();
  }

  Napi::Value Counts(const Napi::CallbackInfo& info) {
    Remember();
    auto counts = Napi::Array::New(info.Env(), counts_.size());
    for (uint32_t i = 0; i < counts_.size(); i += 1) {
      counts[i] = Napi::Number::New(info.Env(), static_cast<double>(counts_[i]));
    }
    return counts;
  }

  Napi::Value Dropped(const Napi::CallbackInfo& info) {
    Remember();
    return Napi::Number::New(info.Env(), static_cast<double>(dropped_));
  }

  Napi::Value Close(const Napi::CallbackInfo& info) {
    Remember();
    counting_.reset();
    return info.Env().Undefined();
  }

  std::unique_ptr<Counting> counting_;
  std::vector<uint64_t> counts_;
  uint64_t dropped_ = 0;
};

std::vector<Pattern> ToPatterns(const Napi::Value& value) {
  std::vector<Pattern> patterns;
  auto list = ToArray(value, "patterns");
  for (uint32_t i = 0; i < list.Length(); i += 1) {
    auto parts = ToArray(list.Get(i), "patterns");
    Pattern pattern;
    for (uint32_t j = 0; j < parts.Length(); j += 1) {
      auto part = ToObject(parts.Get(j), "patterns");
      uint32_t offset = ToUint32(part.Get("offset"), "offset");
      Bytes bytes = ToBytes(part.Get("bytes"), "bytes");
      if (offset + bytes.size > 65536) throw Napi::RangeError::New(value.Env(), "argument patterns reaches past a frame");
      pattern.push_back({offset, {bytes.data, bytes.data + bytes.size}});
    }
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

Napi::Value CountFrames(const Napi::CallbackInfo& info) {
  auto options = ToObject(info[0], "options");
  auto netns = ToTextOrNull(options.Get("netns"), "netns");
  uint32_t ifindex = ToUint32(options.Get("ifindex"), "ifindex");
  auto patterns = ToPatterns(options.Get("patterns"));
  std::string what = "count of frames at ifindex " + std::to_string(ifindex);

  Fd ending(eventfd(0, EFD_CLOEXEC));
  if (!ending.Open()) throw Failure("eventfd", what, errno);
  Fd socket = OpenPacketSocket(netns, what);
  int size = kReceiveBuffer, on = 1;
  if (setsockopt(socket.Get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size))) {
    setsockopt(socket.Get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
  }
  setsockopt(socket.Get(), SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
#ifdef PACKET_IGNORE_OUTGOING
  setsockopt(socket.Get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
#endif
  BindPacketSocket(socket, ifindex, ETH_P_ALL, what);
  auto counting = std::make_unique<Counting>(std::move(socket), std::move(ending), std::move(patterns));
  auto external = Napi::External<std::unique_ptr<Counting>>::New(info.Env(), &counting);
  return info.Env().GetInstanceData<Realm>()->frameCounter.New({external});
}

}  // namespace

void RegisterCount(Napi::Object exports, Realm& realm) {
  realm.frameCounter = Napi::Persistent(FrameCounter::Class(exports.Env()));
  Export<CountFrames>(exports, "countFrames");
}

}  // namespace xdpw
