// Questions over netlink whose answers are read in TypeScript: attributes go in and come out as bytes.
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "addon.h"
#include "arguments.h"
#include "family.h"

namespace xdpw {

namespace {

/** adds the answer's bytes behind its header of `skip` bytes to the list */
void Collect(Napi::Array& answers, const uint8_t* payload, size_t size, size_t skip) {
  if (size < skip) return;
  answers[answers.Length()] = Napi::Buffer<uint8_t>::Copy(answers.Env(), payload + skip, size - skip);
}

Napi::Value GenericQuery(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::string name = ToText(info[0], "family");
  uint32_t command = ToUint32(info[1], "command");
  Bytes attributes = ToBytes(info[2], "attributes");
  bool dump = ToBool(info[3], "dump");
  if (command > UINT8_MAX) throw Napi::RangeError::New(env, "argument command must be below 256");

  NetlinkSocket socket(NETLINK_GENERIC);
  auto family = FamilyNumber(socket, name);
  if (!family) return env.Null();
  genlmsghdr header = {static_cast<uint8_t>(command), 1, 0};
  NetlinkRequest request(*family, &header, sizeof(header));
  request.Append(attributes.data, attributes.size);
  if (dump) request.MakeDump();
  auto answers = Napi::Array::New(env);
  std::string operation = name + " command " + std::to_string(command);
  socket.Ask(request, operation, "query of " + operation, [&](const uint8_t* payload, size_t size) {
    Collect(answers, payload, size, GENL_HDRLEN);
  });
  return answers;
}

Napi::Value LinkDump(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  ifinfomsg all = {};
  NetlinkRequest request(RTM_GETLINK, &all, sizeof(all));
  request.MakeDump();
  auto answers = Napi::Array::New(env);
  NetlinkSocket(NETLINK_ROUTE).Ask(request, "RTM_GETLINK", "list of interfaces",
                                   [&](const uint8_t* payload, size_t size) { Collect(answers, payload, size, 0); });
  return answers;
}

Napi::Value LinkOf(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t ifindex = ToUint32(info[0], "ifindex");
  ifinfomsg one = {};
  one.ifi_index = static_cast<int>(ifindex);
  NetlinkRequest request(RTM_GETLINK, &one, sizeof(one));
  auto answers = Napi::Array::New(env);
  NetlinkSocket(NETLINK_ROUTE).Ask(request, "RTM_GETLINK", "query of ifindex " + std::to_string(ifindex),
                                   [&](const uint8_t* payload, size_t size) { Collect(answers, payload, size, 0); });
  return answers.Length() > 0 ? answers.Get(0U) : env.Null();
}

/** One rtnetlink message: `body` is its header behind struct nlmsghdr, such as a struct ifinfomsg, with its attributes. */
Napi::Value RouteQuery(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t type = ToUint32(info[0], "type");
  Bytes body = ToBytes(info[1], "body");
  bool dump = ToBool(info[2], "dump");
  if (type < RTM_BASE || type > RTM_MAX) throw Napi::RangeError::New(env, "argument type must be one of RTM_*");
  NetlinkRequest request(static_cast<uint16_t>(type), body.data, body.size);
  if (dump) request.MakeDump();
  auto answers = Napi::Array::New(env);
  std::string operation = type == RTM_SETLINK    ? "RTM_SETLINK"
                          : type == RTM_GETROUTE ? "RTM_GETROUTE"
                                                 : "rtnetlink message " + std::to_string(type);
  NetlinkSocket(NETLINK_ROUTE).Ask(request, operation, operation, [&](const uint8_t* payload, size_t size) {
    Collect(answers, payload, size, 0);
  });
  return answers;
}

}  // namespace

std::optional<uint16_t> FamilyNumber(NetlinkSocket& socket, const std::string& name) {
  genlmsghdr header = {CTRL_CMD_GETFAMILY, 1, 0};
  NetlinkRequest request(GENL_ID_CTRL, &header, sizeof(header));
  request.Put(CTRL_ATTR_FAMILY_NAME, name.c_str(), name.size() + 1);
  uint16_t family = 0;
  auto readFamily = [&](uint16_t type, const uint8_t* data, size_t length) {
    if (type == CTRL_ATTR_FAMILY_ID && length >= sizeof(family)) memcpy(&family, data, sizeof(family));
  };
  try {
    socket.Ask(request, "CTRL_CMD_GETFAMILY", "query of generic netlink family " + name,
               [&](const uint8_t* payload, size_t size) {
                 if (size >= GENL_HDRLEN) EachAttribute(payload + GENL_HDRLEN, size - GENL_HDRLEN, readFamily);
               });
  } catch (const Failure& failure) {
    if (failure.error == ENOENT) return std::nullopt;
    throw;
  }
  return family;
}

void RegisterQuery(Napi::Object exports) {
  Export<GenericQuery>(exports, "genericQuery");
  Export<RouteQuery>(exports, "routeQuery");
  Export<LinkDump>(exports, "linkDump");
  Export<LinkOf>(exports, "linkOf");
}

}  // namespace xdpw
