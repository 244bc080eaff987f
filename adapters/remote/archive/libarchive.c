/* SPDX-License-Identifier: Apache-2.0 */
#include "libarchive.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

/* Where packagers look for what is loaded and not linked: the ELF note of dlopen metadata. */
#define NOTE_OWNER "FDO"
#define NOTE_TYPE UINT32_C(0x407c0c0a)
#define NOTE_TEXT                                                                                            \
    "[{\"feature\":\"archive\",\"description\":\"Images of tasks in the content store of containerd\","      \
    "\"priority\":\"recommended\",\"soname\":[\"" C8D_LIBARCHIVE_SONAME "\"]}]"

static const struct {
    uint32_t owner_bytes;
    uint32_t text_bytes;
    uint32_t type;
    char owner[sizeof(NOTE_OWNER)];
    _Alignas(uint32_t) char text[sizeof(NOTE_TEXT)];
} note __attribute__((used, section(".note.dlopen"), aligned(4))) = {sizeof(NOTE_OWNER), sizeof(NOTE_TEXT),
                                                                     NOTE_TYPE, NOTE_OWNER, NOTE_TEXT};

struct function {
    const char *name;
    size_t offset; /* in struct c8d__libarchive */
};

static const struct function functions[] = {
#define C8D__FUNCTION(name) {#name, offsetof(struct c8d__libarchive, name)},
    C8D__LIBARCHIVE_FUNCTIONS(C8D__FUNCTION)
#undef C8D__FUNCTION
};

static bool find_all(void *library, struct c8d__libarchive *out, struct c8d_error *err)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *found = dlsym(library, functions[i].name);

        if (found == NULL) {
            (void)c8d_error_set(err, C8D_NOT_IMPLEMENTED,
                                "images in containerd's content store need libarchive: %s has no %s",
                                C8D_LIBARCHIVE_SONAME, functions[i].name);
            return false;
        }
        memcpy((char *)out + functions[i].offset, &found, sizeof(found));
    }
    return true;
}

static bool load(struct c8d__libarchive *out, struct c8d_error *err)
{
    void *library = dlopen(C8D_LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        const char *why = dlerror();

        (void)c8d_error_set(err, C8D_NOT_IMPLEMENTED,
                            "images in containerd's content store need libarchive: %s",
                            why != NULL ? why : C8D_LIBARCHIVE_SONAME);
        return false;
    }
    if (find_all(library, out, err))
        return true;
    (void)dlclose(library);
    return false;
}

const struct c8d__libarchive *c8d__libarchive_load(struct c8d_error *err)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct c8d__libarchive loaded;
    static bool is_loaded;
    bool there;

    (void)pthread_mutex_lock(&lock);
    is_loaded = is_loaded || load(&loaded, err);
    there = is_loaded;
    (void)pthread_mutex_unlock(&lock);
    return there ? &loaded : NULL;
}
