#pragma once
#include <linux/netlink.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fd.h"

namespace xdpw {

/** A netlink request while it is written. Attributes are padded to 4 bytes. */
class NetlinkRequest {
 public:
  NetlinkRequest(uint16_t type, const void* header, size_t size);
  void Put(uint16_t type, const void* data, size_t size);
  void PutInt(uint16_t type, int32_t value) { Put(type, &value, sizeof(value)); }
  /** returns where the nest began, for End */
  size_t Begin(uint16_t type);
  void End(size_t start);
  /** asks for all there are, not for one */
  void MakeDump();
  /** attributes that were written elsewhere */
  void Append(const void* data, size_t size);
  std::vector<uint8_t>& Finish(uint32_t sequence);

 private:
  std::vector<uint8_t> bytes_;
};

/** The attributes of a message or nest: calls `each` with type (flags cut off), data and size. */
void EachAttribute(const uint8_t* data, size_t size,
                   const std::function<void(uint16_t type, const uint8_t* data, size_t size)>& each);

uint32_t AttributeUint32(const uint8_t* data, size_t size);
uint64_t AttributeUint64(const uint8_t* data, size_t size);

/** One question at a time, in the network namespace that the calling thread stands in when it is opened. */
class NetlinkSocket {
 public:
  explicit NetlinkSocket(int protocol);

  /**
   * Sends the request with NLM_F_ACK and hands each answer to `answer` until the acknowledgement.
   * Throws Failure with netlink's extended acknowledgement; `operation` and `what` as there.
   */
  void Ask(NetlinkRequest& request, const std::string& operation, const std::string& what,
           const std::function<void(const uint8_t* payload, size_t size)>& answer);

 private:
  Fd fd_;
  uint32_t sequence_ = 0;
};

}  // namespace xdpw
