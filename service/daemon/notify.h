/*
 * notify.h - tell the service manager how far we are
 */
#ifndef SERVICE_DAEMON_NOTIFY_H
#define SERVICE_DAEMON_NOTIFY_H

/*
 * Send state ("READY=1", "STOPPING=1") to the socket named by NOTIFY_SOCKET,
 * as sd_notify(3) does; nothing happens where there is none. Written anew
 * because libsystemd with all it loads costs more memory than this daemon.
 */
void ck_notify(const char *state);

#endif /* SERVICE_DAEMON_NOTIFY_H */
