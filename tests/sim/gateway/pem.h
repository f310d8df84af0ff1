/*
 * pem.h - certificate and key of the server, as their files have them
 */
#ifndef SIM_PEM_H
#define SIM_PEM_H

/* Both in memory, as texts; the server borrows them while it runs. */
struct sim_pem {
	char *cert;
	char *key;
};

/*
 * Load both files. Returns NULL, having said why on stderr, when one cannot
 * be read, is no PEM, or the key is not that of the first certificate.
 */
struct sim_pem *sim_pem_load(const char *cert, const char *key);

/* Wipe the key, free, set *pem to NULL. */
void sim_pem_free(struct sim_pem **pem);

#endif /* SIM_PEM_H */
