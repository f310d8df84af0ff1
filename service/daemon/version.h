/*
 * version.h - what the programs call themselves
 */
#ifndef SERVICE_DAEMON_VERSION_H
#define SERVICE_DAEMON_VERSION_H

/* Semantic version of commands, routes and stored data together. */
#define CK_VERSION "0.1.0"

#endif /* SERVICE_DAEMON_VERSION_H */
