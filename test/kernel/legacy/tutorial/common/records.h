/* Shared with the program that reads the maps. */
#ifndef COMMON_RECORDS_H
#define COMMON_RECORDS_H

struct record {
	__u64 packets;
	__u64 bytes;
};

#ifndef ACTIONS
#define ACTIONS (XDP_REDIRECT + 1)
#endif

#endif
