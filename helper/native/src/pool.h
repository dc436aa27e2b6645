#pragma once

namespace xdpw {

/** Whether warmPool() has completed: all threads of libuv's pool exist and stand in the home namespace. */
bool PoolIsWarm();

}  // namespace xdpw
