/*
 * What the native AEAD libraries do without Java: seals records in place for a second and prints ns per record.
 * A new nonce for each record, 13 bytes of AAD. Libraries are loaded by name, so no headers are needed.
 *
 *   aead libcrypto|libIPSec_MB 128|256 BYTES SECONDS
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG = 16, AAD = 13, NONCE = 12, BATCH = 64 };

static unsigned char key[32], nonce[NONCE], aad[AAD], *record;
static size_t bytes;
static int bits;

static void *need(void *library, const char *name) {
    void *symbol = library ? dlsym(library, name) : NULL;
    if (!symbol) {
        fprintf(stderr, "aead: %s: %s\n", name, dlerror());
        exit(3);
    }
    return symbol;
}

static void next_nonce(void) {
    uint64_t counter;
    memcpy(&counter, nonce + 4, sizeof counter);
    counter++;
    memcpy(nonce + 4, &counter, sizeof counter);
}

/* libcrypto: as EVP is documented for AEAD ciphers. */
static void *evp;
static int (*evp_init)(void *, const void *, void *, const unsigned char *, const unsigned char *);
static int (*evp_update)(void *, unsigned char *, int *, const unsigned char *, int);
static int (*evp_final)(void *, unsigned char *, int *);
static int (*evp_ctrl)(void *, int, int, void *);

static void seal_evp(void) {
    int length;
    evp_init(evp, NULL, NULL, NULL, nonce);
    evp_update(evp, NULL, &length, aad, AAD);
    evp_update(evp, record, &length, record, (int)bytes);
    evp_final(evp, record + bytes, &length);
    evp_ctrl(evp, 0x10 /* EVP_CTRL_AEAD_GET_TAG */, TAG, record + bytes);
}

static void open_evp(void) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW);
    const void *(*cipher)(void) = need(library, bits == 128 ? "EVP_aes_128_gcm" : "EVP_aes_256_gcm");
    void *(*new)(void) = need(library, "EVP_CIPHER_CTX_new");
    evp_init = need(library, "EVP_EncryptInit_ex");
    evp_update = need(library, "EVP_EncryptUpdate");
    evp_final = need(library, "EVP_EncryptFinal_ex");
    evp_ctrl = need(library, "EVP_CIPHER_CTX_ctrl");
    evp = new();
    evp_init(evp, cipher(), NULL, key, NULL);
}

/* libIPSec_MB: one call for a record, by the function of the widest instruction set of this CPU. */
static unsigned char *key_data, *state;
static void (*mb_enc)(const void *, void *, void *, const void *, uint64_t, const void *, const void *, uint64_t, void *,
                      uint64_t);

static void seal_mb(void) {
    mb_enc(key_data, state, record, record, bytes, nonce, aad, AAD, record + bytes, TAG);
}

static const char *mb_level(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        return __builtin_cpu_supports("vaes") && __builtin_cpu_supports("vpclmulqdq") ? "vaes_avx512" : "avx512";
    }
    return __builtin_cpu_supports("avx2") ? "avx_gen4" : __builtin_cpu_supports("avx") ? "avx_gen2" : "sse";
}

static void open_mb(void) {
    void *library = dlopen("libIPSec_MB.so.1", RTLD_NOW);
    char name[64];
    snprintf(name, sizeof name, "aes_gcm_pre_%d_%s", bits, mb_level());
    void (*pre)(const void *, void *) = need(library, name);
    snprintf(name, sizeof name, "aes_gcm_enc_%d_%s", bits, mb_level());
    mb_enc = need(library, name);
    key_data = aligned_alloc(64, 2048);
    state = aligned_alloc(64, 256);
    pre(key, key_data);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **words) {
    if (count != 5) {
        fprintf(stderr, "usage: aead libcrypto|libIPSec_MB 128|256 BYTES SECONDS\n");
        return 2;
    }
    bits = atoi(words[2]);
    bytes = strtoul(words[3], NULL, 10);
    double limit = atof(words[4]);
    record = calloc(1, bytes + TAG);
    void (*seal)(void) = strcmp(words[1], "libcrypto") == 0 ? seal_evp : seal_mb;
    if (seal == seal_evp) {
        open_evp();
    } else {
        open_mb();
    }
    for (int i = 0; i < 1000; i++) {
        next_nonce();
        seal();
    }
    double start = seconds(), took;
    long records = 0;
    do {
        for (int i = 0; i < BATCH; i++) {
            next_nonce();
            seal();
        }
        records += BATCH;
        took = seconds() - start;
    } while (took < limit);
    printf("%.1f\n", took * 1e9 / (double)records);
    return 0;
}
