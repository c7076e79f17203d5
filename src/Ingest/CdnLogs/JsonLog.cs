using System.Globalization;
using System.Text.Json;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// Resource logs of Azure Monitor, a JSON object a line: of Blob Storage (<c>responseBodySize</c>, the body's bytes) and of Front Door
/// (<c>responseBytes</c>, which the head is a part of). Lines that Front Door writes of its own reads from behind are not counted.
/// </summary>
internal static class JsonLog
{
    /// <summary>Null: read; otherwise what is wrong.</summary>
    public static string? TryRead(ReadOnlySpan<byte> line, out LogRequest request)
    {
        request = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed != line.Length)
                return "something follows its JSON object";
            JsonElement root = document.RootElement;
            if (
                Text(root, "time") is not { } told
                || !DateTimeOffset.TryParse(
                    told,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out DateTimeOffset time
                )
            )
                return "its time cannot be read";
            JsonElement properties = Find(root, "properties") ?? default;
            return Text(properties, "requestUri") is { } uri
                ? FrontDoor(properties, uri, time, out request)
                : Storage(root, properties, time, out request);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return "it is no JSON object";
        }
    }

    private static string? FrontDoor(JsonElement properties, string uri, DateTimeOffset time, out LogRequest request)
    {
        request = default;
        if (!TryCount(properties, "httpStatusCode", out long status))
            return "its httpStatusCode cannot be read";
        if (!TryCount(properties, "responseBytes", out long bytes))
            return "its responseBytes cannot be read";
        bool isFromClient = !"false".Equals(
            Text(properties, "isReceivedFromClient"),
            StringComparison.OrdinalIgnoreCase
        );
        request = new LogRequest
        {
            Time = time,
            Address = Text(properties, "clientIp"),
            IsRead = isFromClient && Text(properties, "httpMethod") == "GET",
            Url = uri,
            Status = (int)Math.Min(status, 999),
            Bytes = bytes,
        };
        return null;
    }

    private static string? Storage(
        JsonElement root,
        JsonElement properties,
        DateTimeOffset time,
        out LogRequest request
    )
    {
        request = default;
        if (Text(root, "operationName") is not { } operation)
            return "it has neither operationName nor properties.requestUri";
        bool isRead = operation == "GetBlob";
        long status = 0;
        long bytes = 0;
        if (isRead && !TryCount(root, "statusCode", out status))
            return "its statusCode cannot be read";
        if (
            isRead
            && Find(properties, "responseBodySize") is not null
            && !TryCount(properties, "responseBodySize", out bytes)
        )
            return "its responseBodySize cannot be read";
        request = new LogRequest
        {
            Time = time,
            Address = Text(root, "callerIpAddress"),
            IsRead = isRead,
            Url = Text(root, "uri") ?? "",
            Status = (int)Math.Min(status, 999),
            Bytes = bytes,
        };
        return null;
    }

    private static bool TryCount(JsonElement parent, string name, out long count)
    {
        count = 0;
        return Text(parent, name) is { } text && LogRequest.TryParseCount(text, out count);
    }

    /// <summary>A text, a number or a truth, as text.</summary>
    private static string? Text(JsonElement parent, string name) =>
        Find(parent, name) is { } value
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>Azure writes clientIp and clientIP, by the service's version.</summary>
    private static JsonElement? Find(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            return null;
        foreach (JsonProperty property in parent.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property.Value;
        }
        return null;
    }
}
