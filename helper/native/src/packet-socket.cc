#include "packet-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include "errors.h"
#include "netns.h"

namespace xdpw {

Fd OpenPacketSocket(const std::optional<std::string>& netns, const std::string& what) {
  NetnsScope scope(netns);
  Fd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!fd.Open()) throw Failure("socket", what, errno);
  return fd;
}

void BindPacketSocket(const Fd& socket, uint32_t ifindex, uint16_t protocol, const std::string& what) {
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(protocol);
  address.sll_ifindex = static_cast<int>(ifindex);
  if (bind(socket.Get(), reinterpret_cast<sockaddr*>(&address), sizeof(address))) throw Failure("bind", what, errno);
}

}  // namespace xdpw
