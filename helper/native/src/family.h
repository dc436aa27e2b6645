#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "netlink.h"

namespace xdpw {

/** The number of a generic netlink family, which the kernel gives out at boot; nothing where it has no such family. */
std::optional<uint16_t> FamilyNumber(NetlinkSocket& socket, const std::string& name);

}  // namespace xdpw
