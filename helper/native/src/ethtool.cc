#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

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

Napi::Value DriverInfo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::string name = ToText(info[0], "name");
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

}  // namespace

void RegisterEthtool(Napi::Object exports) {
  Export<IfindexOf>(exports, "ifindexOf");
  Export<NameOf>(exports, "nameOf");
  Export<DriverInfo>(exports, "driverInfo");
}

}  // namespace xdpw
