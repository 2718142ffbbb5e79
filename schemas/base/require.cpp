#include "schemas/base/require.h"

#include <cstdio>
#include <cstdlib>

namespace schemas {

void end_for(std::string_view why) {
  std::fprintf(stderr, "broken invariant: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace schemas
