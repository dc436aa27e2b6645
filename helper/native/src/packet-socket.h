#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "fd.h"

namespace xdpw {

/**
 * A raw AF_PACKET socket of a network namespace, deaf until it is bound. It belongs to that namespace for good,
 * so the thread that uses it need not enter it. Throws Failure.
 */
Fd OpenPacketSocket(const std::optional<std::string>& netns, const std::string& what);

/** `protocol` 0 goes on receiving nothing, ETH_P_ALL receives everything. Throws Failure. */
void BindPacketSocket(const Fd& socket, uint32_t ifindex, uint16_t protocol, const std::string& what);

}  // namespace xdpw
