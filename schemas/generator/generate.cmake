# Makes schemas_codec: the engine and the tables of the model.
room(schemas_codec "schemas/codec;schemas/wire" schemas)
target_link_libraries(schemas_codec PRIVATE PkgConfig::simdjson PkgConfig::yaml)
