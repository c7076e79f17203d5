using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.BitTorrent;

namespace Distribution.Silos.Serialization;

/// <summary>How state is written as JSON: camelCase, enums by name, info-hashes as hexadecimal digits.</summary>
internal static class StateJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
                new InfoHashJson(),
                new InfoHashV2Json(),
            },
        };

    private sealed class InfoHashJson : JsonConverter<InfoHash>
    {
        public override InfoHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            InfoHash.TryParse(reader.GetString(), null, out InfoHash infoHash)
                ? infoHash
                : throw new JsonException("An info-hash is written as 40 hexadecimal digits.");

        public override void Write(Utf8JsonWriter writer, InfoHash value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class InfoHashV2Json : JsonConverter<InfoHashV2>
    {
        public override InfoHashV2 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            InfoHashV2.TryParse(reader.GetString(), null, out InfoHashV2 infoHash)
                ? infoHash
                : throw new JsonException("A v2 info-hash is written as 64 hexadecimal digits.");

        public override void Write(Utf8JsonWriter writer, InfoHashV2 value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
