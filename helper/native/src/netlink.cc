#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "errors.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

namespace xdpw {

namespace {

/** NLMSGERR_ATTR_MSG of an error message, or nothing (Documentation/userspace-api/netlink/intro.rst, "Extended ACK") */
std::optional<std::string> ExtendedAck(const nlmsghdr* header) {
  if (!(header->nlmsg_flags & NLM_F_ACK_TLVS)) return std::nullopt;
  auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
  size_t start = sizeof(nlmsgerr);
  // without NLM_F_CAPPED the whole request comes back before the attributes
  if (!(header->nlmsg_flags & NLM_F_CAPPED)) start += NLMSG_ALIGN(error->msg.nlmsg_len - sizeof(nlmsghdr));
  size_t size = header->nlmsg_len - NLMSG_HDRLEN;
  if (start > size) return std::nullopt;
  std::optional<std::string> text;
  EachAttribute(reinterpret_cast<const uint8_t*>(error) + start, size - start,
                [&](uint16_t type, const uint8_t* data, size_t length) {
                  if (type == NLMSGERR_ATTR_MSG) text = std::string(reinterpret_cast<const char*>(data), strnlen(reinterpret_cast<const char*>(data), length));
                });
  return text;
}

}  // namespace

NetlinkRequest::NetlinkRequest(uint16_t type, const void* header, size_t size) {
  nlmsghdr message = {};
  message.nlmsg_type = type;
  message.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  Append(&message, sizeof(message));
  Append(header, size);
}

void NetlinkRequest::Append(const void* data, size_t size) {
  auto* bytes = static_cast<const uint8_t*>(data);
  bytes_.insert(bytes_.end(), bytes, bytes + size);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void NetlinkRequest::Put(uint16_t type, const void* data, size_t size) {
  nlattr attribute = {static_cast<uint16_t>(NLA_HDRLEN + size), type};
  Append(&attribute, sizeof(attribute));
  Append(data, size);
}

size_t NetlinkRequest::Begin(uint16_t type) {
  size_t start = bytes_.size();
  Put(type | NLA_F_NESTED, nullptr, 0);
  return start;
}

void NetlinkRequest::End(size_t start) {
  auto length = static_cast<uint16_t>(bytes_.size() - start);
  memcpy(bytes_.data() + start, &length, sizeof(length));
}

void NetlinkRequest::MakeDump() {
  reinterpret_cast<nlmsghdr*>(bytes_.data())->nlmsg_flags |= NLM_F_DUMP;
}

std::vector<uint8_t>& NetlinkRequest::Finish(uint32_t sequence) {
  auto* message = reinterpret_cast<nlmsghdr*>(bytes_.data());
  message->nlmsg_len = static_cast<uint32_t>(bytes_.size());
  message->nlmsg_seq = sequence;
  return bytes_;
}

void EachAttribute(const uint8_t* data, size_t size,
                   const std::function<void(uint16_t, const uint8_t*, size_t)>& each) {
  while (size >= NLA_HDRLEN) {
    nlattr attribute;
    memcpy(&attribute, data, sizeof(attribute));
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > size) return;
    each(attribute.nla_type & NLA_TYPE_MASK, data + NLA_HDRLEN, attribute.nla_len - NLA_HDRLEN);
    size_t step = NLA_ALIGN(attribute.nla_len);
    if (step >= size) return;
    data += step;
    size -= step;
  }
}

uint32_t AttributeUint32(const uint8_t* data, size_t size) {
  uint32_t value = 0;
  if (size >= sizeof(value)) memcpy(&value, data, sizeof(value));
  return value;
}

uint64_t AttributeUint64(const uint8_t* data, size_t size) {
  uint64_t value = 0;
  if (size >= sizeof(value)) memcpy(&value, data, sizeof(value));
  return value;
}

NetlinkSocket::NetlinkSocket(int protocol) : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)) {
  if (!fd_.Open()) throw Failure("socket", "open of a netlink socket", errno);
  int on = 1;
  // both since Linux 4.12; without them an error is merely less talkative
  setsockopt(fd_.Get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
  setsockopt(fd_.Get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
}

void NetlinkSocket::Ask(NetlinkRequest& request, const std::string& operation, const std::string& what,
                        const std::function<void(const uint8_t*, size_t)>& answer) {
  sequence_ += 1;
  auto& bytes = request.Finish(sequence_);
  if (send(fd_.Get(), bytes.data(), bytes.size(), 0) < 0) throw Failure(operation, what, errno);

  std::vector<uint8_t> received;
  for (;;) {
    ssize_t waiting = recv(fd_.Get(), nullptr, 0, MSG_PEEK | MSG_TRUNC);
    if (waiting < 0 && errno == EINTR) continue;
    if (waiting < 0) throw Failure(operation, what, errno);
    received.resize(static_cast<size_t>(waiting));
    ssize_t length = recv(fd_.Get(), received.data(), received.size(), 0);
    if (length < 0) throw Failure(operation, what, errno);

    auto left = static_cast<uint32_t>(length);
    for (auto* header = reinterpret_cast<nlmsghdr*>(received.data()); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_seq != sequence_) continue;
      if (header->nlmsg_type == NLMSG_DONE) {
        // a dump that broke off says why in its last message
        int32_t status = 0;
        if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(status))) memcpy(&status, NLMSG_DATA(header), sizeof(status));
        if (status < 0) throw Failure(operation, what, -status);
        return;
      }
      if (header->nlmsg_type != NLMSG_ERROR) {
        answer(static_cast<const uint8_t*>(NLMSG_DATA(header)), header->nlmsg_len - NLMSG_HDRLEN);
        continue;
      }
      int error = -static_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
      if (error == 0) return;
      Failure failure(operation, what, error);
      failure.extack = ExtendedAck(header);
      throw failure;
    }
  }
}

}  // namespace xdpw
