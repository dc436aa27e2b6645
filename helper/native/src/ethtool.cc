#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <vector>

#include "addon.h"
#include "arguments.h"
#include "fd.h"

namespace xdpw {

namespace {

Napi::Value IfindexOf(const Napi::CallbackInfo& info) {
  std::string name = ToText(info[0], "name");
  unsigned ifindex = if_nametoindex(name.c_str());
  if (!ifindex) throw Failure("if_nametoindex", "look-up of interface " + name, errno);
  return Napi::Number::New(info.Env(), ifindex);
}

Napi::Value NameOf(const Napi::CallbackInfo& info) {
  uint32_t ifindex = ToUint32(info[0], "ifindex");
  char name[IF_NAMESIZE] = "";
  if (!if_indextoname(ifindex, name)) {
    throw Failure("if_indextoname", "look-up of ifindex " + std::to_string(ifindex), errno);
  }
  return Napi::String::New(info.Env(), name);
}

template <size_t N>
std::string Field(const char (&text)[N]) {
  return std::string(text, strnlen(text, N));
}

/** A device by its name, or by its number: a name of bytes that are no UTF-8 does not survive JavaScript. */
std::string ToDevice(const Napi::Value& value, const char* operation) {
  if (!value.IsNumber()) return ToText(value, "device");
  uint32_t ifindex = ToUint32(value, "device");
  char name[IF_NAMESIZE] = "";
  // ENXIO here is what every other question calls ENODEV
  if (!if_indextoname(ifindex, name)) throw Failure(operation, "query of ifindex " + std::to_string(ifindex), ENODEV);
  return name;
}

Napi::Value DriverInfo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::string name = ToDevice(info[0], "ETHTOOL_GDRVINFO");
  std::string what = "query of the driver of interface " + name;
  ifreq request = {};
  if (name.size() >= sizeof(request.ifr_name)) throw Failure("ETHTOOL_GDRVINFO", what, ENODEV);
  memcpy(request.ifr_name, name.c_str(), name.size() + 1);
  ethtool_drvinfo driver = {};
  driver.cmd = ETHTOOL_GDRVINFO;
  request.ifr_data = reinterpret_cast<char*>(&driver);

  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.Open()) throw Failure("socket", what, errno);
  if (ioctl(socket.Get(), SIOCETHTOOL, &request)) {
    if (errno == EOPNOTSUPP) return env.Null();
    throw Failure("ETHTOOL_GDRVINFO", what, errno);
  }
  auto result = Napi::Object::New(env);
  result.Set("driver", Field(driver.driver));
  result.Set("version", Field(driver.version));
  result.Set("firmwareVersion", Field(driver.fw_version));
  result.Set("busInfo", Field(driver.bus_info));
  result.Set("expansionRomVersion", Field(driver.erom_version));
  result.Set("supportsStatistics", driver.n_stats != 0);
  result.Set("supportsTest", driver.testinfo_len != 0);
  result.Set("supportsEepromAccess", driver.eedump_len != 0);
  result.Set("supportsRegisterDump", driver.regdump_len != 0);
  result.Set("supportsPrivateFlags", driver.n_priv_flags != 0);
  return result;
}

/** One SIOCETHTOOL with a structure that begins with its command; false where the driver does not have it. */
bool Ethtool(const Fd& socket, const std::string& name, void* argument, const char* operation, const std::string& what) {
  ifreq request = {};
  memcpy(request.ifr_name, name.c_str(), name.size() + 1);
  request.ifr_data = static_cast<char*>(argument);
  if (!ioctl(socket.Get(), SIOCETHTOOL, &request)) return true;
  if (errno == EOPNOTSUPP) return false;
  throw Failure(operation, what, errno);
}

/** The driver's own counters (ethtool -S): ETHTOOL_GSSET_INFO, ETHTOOL_GSTRINGS, ETHTOOL_GSTATS. */
Napi::Value DriverStatistics(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::string name = ToDevice(info[0], "ETHTOOL_GSTATS");
  std::string what = "query of the statistics of interface " + name;
  if (name.size() >= IFNAMSIZ) throw Failure("ETHTOOL_GSSET_INFO", what, ENODEV);
  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.Open()) throw Failure("socket", what, errno);

  alignas(ethtool_sset_info) uint8_t asked[sizeof(ethtool_sset_info) + sizeof(uint32_t)] = {};
  auto* set = reinterpret_cast<ethtool_sset_info*>(asked);
  set->cmd = ETHTOOL_GSSET_INFO;
  set->sset_mask = uint64_t{1} << ETH_SS_STATS;
  if (!Ethtool(socket, name, set, "ETHTOOL_GSSET_INFO", what)) return env.Null();
  uint32_t count;
  memcpy(&count, asked + sizeof(ethtool_sset_info), sizeof(count));
  if (!set->sset_mask || !count) return env.Null();

  // The kernel writes as many as the driver has by then, not as many as there is room for: queues may have been added.
  size_t room = size_t{count} * 4 + 4096;
  std::vector<uint8_t> strings(sizeof(ethtool_gstrings) + room * ETH_GSTRING_LEN);
  auto* names = reinterpret_cast<ethtool_gstrings*>(strings.data());
  names->cmd = ETHTOOL_GSTRINGS;
  names->string_set = ETH_SS_STATS;
  names->len = count;
  if (!Ethtool(socket, name, names, "ETHTOOL_GSTRINGS", what)) return env.Null();
  std::vector<uint64_t> numbers(sizeof(ethtool_stats) / sizeof(uint64_t) + 1 + room);
  auto* values = reinterpret_cast<ethtool_stats*>(numbers.data());
  values->cmd = ETHTOOL_GSTATS;
  values->n_stats = count;
  if (!Ethtool(socket, name, values, "ETHTOOL_GSTATS", what)) return env.Null();

  auto result = Napi::Array::New(env);
  for (uint32_t i = 0; i < std::min(names->len, values->n_stats); i += 1) {
    auto* text = reinterpret_cast<const char*>(names->data) + size_t{i} * ETH_GSTRING_LEN;
    auto entry = Napi::Object::New(env);
    entry.Set("name", std::string(text, strnlen(text, ETH_GSTRING_LEN)));
    entry.Set("value", Napi::BigInt::New(env, static_cast<uint64_t>(values->data[i])));
    result[i] = entry;
  }
  return result;
}

}  // namespace

void RegisterEthtool(Napi::Object exports) {
  Export<IfindexOf>(exports, "ifindexOf");
  Export<NameOf>(exports, "nameOf");
  Export<DriverInfo>(exports, "driverInfo");
  Export<DriverStatistics>(exports, "driverStatistics");
}

}  // namespace xdpw
