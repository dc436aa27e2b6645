// The generic netlink family "netdev" (Documentation/netlink/specs/netdev.yaml), since Linux 6.3.
// Its header is newer than some systems', so its few numbers stand here.
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include <optional>

#include "addon.h"
#include "arguments.h"
#include "netlink.h"

namespace xdpw {

namespace {

constexpr char kFamily[] = "netdev";
constexpr uint8_t kDeviceGet = 1;                // NETDEV_CMD_DEV_GET
constexpr uint16_t kIfindex = 1;                 // NETDEV_A_DEV_IFINDEX
constexpr uint16_t kXdpFeatures = 3;             // NETDEV_A_DEV_XDP_FEATURES
constexpr uint16_t kZeroCopyMaxSegments = 4;     // NETDEV_A_DEV_XDP_ZC_MAX_SEGS, since Linux 6.6

/** The family's number, which the kernel gives out at boot; nothing where it has no such family. */
std::optional<uint16_t> Family(NetlinkSocket& socket) {
  genlmsghdr header = {CTRL_CMD_GETFAMILY, 1, 0};
  NetlinkRequest request(GENL_ID_CTRL, &header, sizeof(header));
  request.Put(CTRL_ATTR_FAMILY_NAME, kFamily, sizeof(kFamily));
  uint16_t family = 0;
  try {
    socket.Ask(request, "CTRL_CMD_GETFAMILY", "query of generic netlink family netdev",
               [&](const uint8_t* payload, size_t size) {
                 if (size < GENL_HDRLEN) return;
                 EachAttribute(payload + GENL_HDRLEN, size - GENL_HDRLEN,
                               [&](uint16_t type, const uint8_t* data, size_t length) {
                                 if (type == CTRL_ATTR_FAMILY_ID && length >= 2) memcpy(&family, data, 2);
                               });
               });
  } catch (const Failure& failure) {
    if (failure.error == ENOENT) return std::nullopt;
    throw;
  }
  return family;
}

Napi::Value XdpFeatures(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t ifindex = ToUint32(info[0], "ifindex");
  NetlinkSocket socket(NETLINK_GENERIC);
  auto family = Family(socket);
  if (!family) return env.Null();

  genlmsghdr header = {kDeviceGet, 1, 0};
  NetlinkRequest request(*family, &header, sizeof(header));
  request.Put(kIfindex, &ifindex, sizeof(ifindex));
  uint64_t bits = 0;
  uint32_t segments = 0;
  socket.Ask(request, "NETDEV_CMD_DEV_GET", "query of the xdp features of ifindex " + std::to_string(ifindex),
             [&](const uint8_t* payload, size_t size) {
               if (size < GENL_HDRLEN) return;
               EachAttribute(payload + GENL_HDRLEN, size - GENL_HDRLEN,
                             [&](uint16_t type, const uint8_t* data, size_t length) {
                               if (type == kXdpFeatures) bits = AttributeUint64(data, length);
                               if (type == kZeroCopyMaxSegments) segments = AttributeUint32(data, length);
                             });
             });
  auto features = Napi::Object::New(env);
  features.Set("bits", Napi::BigInt::New(env, bits));
  features.Set("zeroCopyMaxSegments", segments);
  return features;
}

}  // namespace

void RegisterFeatures(Napi::Object exports) { Export<XdpFeatures>(exports, "xdpFeatures"); }

}  // namespace xdpw
