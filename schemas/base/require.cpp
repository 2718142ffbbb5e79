#include "schemas/base/require.h"

#include <cstdio>
#include <cstdlib>

namespace schemas {

void require(bool condition, std::string_view why) {
  if (condition) {
    return;
  }
  std::fprintf(stderr, "broken invariant: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace schemas
