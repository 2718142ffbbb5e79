#include "tests/store/faulty_disk.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <set>

#include "schemas/base/random.h"
#include "schemas/base/require.h"
#include "tests/store/workplace.h"

namespace store_test {

namespace {

constexpr std::int64_t page_bytes = 4'096;  ///< what the kernel keeps and loses as one
constexpr std::int64_t sector_bytes = 512;  ///< what a disk writes whole or not

/// What the disk itself holds of one file, and what is only in memory.
struct Platter {
  std::string bytes;
  std::set<std::int64_t> dirty;  ///< pages
  bool ever_synced = false;      ///< else its name is not on the disk either
};

/// SQLite's interface has no place for state of ours, so there is one disk at a time.
struct State {
  std::mutex mutex;
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs ours{};
  bool armed = false;
  Fault fault = Fault::io_error;
  std::int64_t at = 0;
  std::int64_t count = 0;
  std::string struck_at;
  std::map<ino_t, Platter> platters;
};

State& state() {
  static State one;
  return one;
}

enum class Kind : std::uint8_t { reads, changes, grows };

bool counts(Fault fault, Kind kind) {
  return fault == Fault::disk_full   ? kind == Kind::grows
         : fault == Fault::power_cut ? kind != Kind::reads
                                     : true;
}

/// Whether this operation fails.
bool fails(const char* operation, const std::string& path, Kind kind) {
  State& disk = state();
  const std::lock_guard lock(disk.mutex);
  if (!disk.armed) {
    return false;
  }
  const bool down = !disk.struck_at.empty();
  if (down && disk.fault == Fault::power_cut) {
    return true;
  }
  if (!counts(disk.fault, kind) || ++disk.count < disk.at) {
    return false;
  }
  if (!down) {
    disk.struck_at = std::string(operation) + " " + std::filesystem::path(path).filename().string();
  }
  return !down || disk.fault == Fault::disk_full;
}

int or_full(int code) { return state().fault == Fault::disk_full ? SQLITE_FULL : code; }

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): SQLite's inheritance is by layout

struct File {
  sqlite3_file base;
  sqlite3_file* real;
  std::string* path;
  ino_t inode;
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return of(file).real; }
const sqlite3_io_methods& methods_of(sqlite3_file* file) { return *of(file).real->pMethods; }

bool is_shared_memory(const std::string& path) { return path.ends_with("-shm"); }

/// What is on the disk of a file before it is written for the first time.
void learn(const File& file) {
  const std::lock_guard lock(state().mutex);
  if (state().platters.contains(file.inode)) {
    return;
  }
  const std::string now = read_file(*file.path);
  state().platters.emplace(file.inode,
                           Platter{.bytes = now, .dirty = {}, .ever_synced = !now.empty()});
}

void note_write(const File& file, std::int64_t offset, std::int64_t length) {
  const std::lock_guard lock(state().mutex);
  Platter& platter = state().platters[file.inode];
  for (std::int64_t at = offset / page_bytes; at * page_bytes < offset + length; ++at) {
    platter.dirty.insert(at);
  }
}

void note_sync(sqlite3_file* file) {
  sqlite3_int64 bytes = 0;
  methods_of(file).xFileSize(real_of(file), &bytes);
  learn(of(file));
  const std::lock_guard lock(state().mutex);
  Platter& platter = state().platters[of(file).inode];
  platter.bytes.resize(static_cast<std::size_t>(bytes), '\0');
  for (const std::int64_t page : platter.dirty) {
    const std::int64_t length = std::min<std::int64_t>(page_bytes, bytes - page * page_bytes);
    if (length > 0) {
      methods_of(file).xRead(real_of(file),
                             &platter.bytes[static_cast<std::size_t>(page * page_bytes)],
                             static_cast<int>(length), page * page_bytes);
    }
  }
  platter.dirty.clear();
  platter.ever_synced = true;
}

void note_lost_sync(const File& file) {
  const std::lock_guard lock(state().mutex);
  if (state().fault == Fault::lost_sync) {
    state().platters[file.inode].dirty.clear();
  }
}

int close_file(sqlite3_file* file) {
  const int code = methods_of(file).xClose(real_of(file));
  delete of(file).path;
  return code;
}

int read_at(sqlite3_file* file, void* into, int length, sqlite3_int64 offset) {
  if (fails("read", *of(file).path, Kind::reads)) {
    return SQLITE_IOERR_READ;
  }
  return methods_of(file).xRead(real_of(file), into, length, offset);
}

int write_at(sqlite3_file* file, const void* from, int length, sqlite3_int64 offset) {
  if (fails("write", *of(file).path, Kind::grows)) {
    return or_full(SQLITE_IOERR_WRITE);
  }
  learn(of(file));
  const int code = methods_of(file).xWrite(real_of(file), from, length, offset);
  note_write(of(file), offset, length);
  return code;
}

int truncate_to(sqlite3_file* file, sqlite3_int64 length) {
  if (fails("truncate", *of(file).path, Kind::changes)) {
    return SQLITE_IOERR_TRUNCATE;
  }
  learn(of(file));
  return methods_of(file).xTruncate(real_of(file), length);
}

int sync_file(sqlite3_file* file, int /*flags*/) {
  if (fails("sync", *of(file).path, Kind::changes)) {
    note_lost_sync(of(file));
    return SQLITE_IOERR_FSYNC;
  }
  note_sync(file);  // the real disk need not be bothered
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* bytes) {
  if (fails("size", *of(file).path, Kind::reads)) {
    return SQLITE_IOERR_FSTAT;
  }
  return methods_of(file).xFileSize(real_of(file), bytes);
}

int lock_file(sqlite3_file* file, int level) {
  if (fails("lock", *of(file).path, Kind::reads)) {
    return SQLITE_IOERR_LOCK;
  }
  return methods_of(file).xLock(real_of(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return methods_of(file).xUnlock(real_of(file), level);
}

int check_lock(sqlite3_file* file, int* held) {
  if (fails("check of a lock", *of(file).path, Kind::reads)) {
    return SQLITE_IOERR_CHECKRESERVEDLOCK;
  }
  return methods_of(file).xCheckReservedLock(real_of(file), held);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
  return methods_of(file).xFileControl(real_of(file), operation, argument);
}

int sector_size(sqlite3_file* file) { return methods_of(file).xSectorSize(real_of(file)); }

int characteristics(sqlite3_file* file) {
  return methods_of(file).xDeviceCharacteristics(real_of(file));
}

int map_shared(sqlite3_file* file, int page, int bytes, int extend, void volatile** into) {
  if (fails("shared memory map", *of(file).path, Kind::grows)) {
    return or_full(SQLITE_IOERR_SHMMAP);
  }
  return methods_of(file).xShmMap(real_of(file), page, bytes, extend, into);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_UNLOCK) == 0 &&
      fails("shared memory lock", *of(file).path, Kind::reads)) {
    return SQLITE_IOERR_SHMLOCK;
  }
  return methods_of(file).xShmLock(real_of(file), offset, count, flags);
}

void barrier(sqlite3_file* file) { methods_of(file).xShmBarrier(real_of(file)); }

int unmap_shared(sqlite3_file* file, int remove) {
  return methods_of(file).xShmUnmap(real_of(file), remove);
}

constexpr sqlite3_io_methods methods{.iVersion = 2,
                                     .xClose = close_file,
                                     .xRead = read_at,
                                     .xWrite = write_at,
                                     .xTruncate = truncate_to,
                                     .xSync = sync_file,
                                     .xFileSize = size_of_file,
                                     .xLock = lock_file,
                                     .xUnlock = unlock_file,
                                     .xCheckReservedLock = check_lock,
                                     .xFileControl = control_file,
                                     .xSectorSize = sector_size,
                                     .xDeviceCharacteristics = characteristics,
                                     .xShmMap = map_shared,
                                     .xShmLock = lock_shared,
                                     .xShmBarrier = barrier,
                                     .xShmUnmap = unmap_shared,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int open_file(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* into, int flags, int* out) {
  into->pMethods = nullptr;
  const std::string path = name == nullptr ? "" : name;
  if (fails("open", path, Kind::reads)) {
    return SQLITE_CANTOPEN;
  }
  File& file = of(into);
  file.real = reinterpret_cast<sqlite3_file*>(&file + 1);
  sqlite3_vfs* real = state().real;
  const int code = real->xOpen(real, name, file.real, flags, out);
  if (code != SQLITE_OK) {
    return code;
  }
  file.path = new std::string(path);
  struct stat info {};
  file.inode = ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
  file.base.pMethods = &methods;
  return SQLITE_OK;
}
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

int remove_file(sqlite3_vfs* /*vfs*/, const char* name, int sync_folder) {
  if (fails("delete", name, Kind::changes)) {
    return SQLITE_IOERR_DELETE;
  }
  struct stat info {};
  if (::stat(name, &info) == 0) {
    const std::lock_guard lock(state().mutex);
    state().platters.erase(info.st_ino);
  }
  return state().real->xDelete(state().real, name, sync_folder);
}

int access_file(sqlite3_vfs* /*vfs*/, const char* name, int flags, int* out) {
  if (fails("access", name, Kind::reads)) {
    return SQLITE_IOERR_ACCESS;
  }
  return state().real->xAccess(state().real, name, flags, out);
}

}  // namespace

FaultyDisk::FaultyDisk() {
  State& disk = state();
  schemas::require(disk.real == nullptr, "there is one faulty disk at a time");
  disk.real = sqlite3_vfs_find(nullptr);
  disk.ours = *disk.real;
  disk.ours.zName = "stowage-faults";
  disk.ours.szOsFile = static_cast<int>(sizeof(File)) + disk.real->szOsFile;
  disk.ours.pNext = nullptr;
  disk.ours.xOpen = open_file;
  disk.ours.xDelete = remove_file;
  disk.ours.xAccess = access_file;
  schemas::require(sqlite3_vfs_register(&disk.ours, 1) == SQLITE_OK, "SQLite takes a disk");
}

FaultyDisk::~FaultyDisk() {
  State& disk = state();
  sqlite3_vfs_unregister(&disk.ours);
  sqlite3_vfs_register(disk.real, 1);
  disk.real = nullptr;
  disk.armed = false;
  disk.platters.clear();
}

void FaultyDisk::arm(Fault fault, std::int64_t at) {
  const std::lock_guard lock(state().mutex);
  state().armed = true;
  state().fault = fault;
  state().at = at;
  state().count = 0;
  state().struck_at.clear();
}

void FaultyDisk::disarm() {
  const std::lock_guard lock(state().mutex);
  state().armed = false;
}

bool FaultyDisk::struck() const { return !struck_at().empty(); }

std::string FaultyDisk::struck_at() const {
  const std::lock_guard lock(state().mutex);
  return state().struck_at;
}

void FaultyDisk::settle() {
  const std::lock_guard lock(state().mutex);
  state().platters.clear();
}

namespace {

/// The platter with a part of what was written since.
std::string with_some(const std::string& platter, const std::string& written,
                      const std::set<std::int64_t>& dirty, schemas::Random& random) {
  std::string mixed = platter;
  if (random.below(2) == 1) {
    mixed.resize(written.size(), '\0');
  }
  for (const std::int64_t page : dirty) {
    for (std::int64_t at = page * page_bytes; at < (page + 1) * page_bytes; at += sector_bytes) {
      const auto from = static_cast<std::size_t>(at);
      if (from < written.size() && from + sector_bytes <= mixed.size() && random.below(2) == 1) {
        mixed.replace(from, sector_bytes, written, from, sector_bytes);
      }
    }
  }
  return mixed;
}

}  // namespace

void FaultyDisk::cut_power(const std::string& folder, Unsynced unsynced, std::uint64_t seed) {
  schemas::Random random(seed);
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.insert(entry.path());
  }
  for (const auto& path : files) {
    if (is_shared_memory(path.string())) {
      std::filesystem::remove(path);  // memory
      continue;
    }
    struct stat info {};
    schemas::require(::stat(path.c_str(), &info) == 0, "a file is there");
    const auto known = state().platters.find(info.st_ino);
    if (known == state().platters.end()) {
      continue;
    }
    const Platter& platter = known->second;
    if (!platter.ever_synced) {
      std::filesystem::remove(path);
    } else if (unsynced == Unsynced::lost) {
      write_file(path.string(), platter.bytes);
    } else {
      write_file(path.string(),
                 with_some(platter.bytes, read_file(path.string()), platter.dirty, random));
    }
  }
  settle();
}

}  // namespace store_test
