using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distribution.Dashboard.Reference;

/// <summary>One call of the API.</summary>
public sealed record ReferenceCall
{
    internal static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Compact = new() { Encoder = Indented.Encoder };

    public required string Tag { get; init; }

    /// <summary>Unique; an address on the page.</summary>
    public required string Id { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string Summary { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<ReferenceField> Parameters { get; init; }

    /// <summary>Media types; empty: it takes no body.</summary>
    public required IReadOnlyList<string> BodyTypes { get; init; }

    public required IReadOnlyList<ReferenceField> Body { get; init; }

    /// <summary>A body as it could be; null: there is none.</summary>
    public required string? BodySample { get; init; }

    public required IReadOnlyList<ReferenceAnswer> Answers { get; init; }

    /// <summary>The call for a shell.</summary>
    public string Curl(string baseUrl)
    {
        string method = Method == "GET" ? "" : $" -X {Method}";
        string body =
            BodySample is null || BodyTypes.All(type => !type.EndsWith("json", StringComparison.Ordinal))
                ? ""
                : $" \\\n  -H 'Content-Type: application/json' -d '{JsonNode.Parse(BodySample)!.ToJsonString(Compact)}'";
        return $"curl{method} -H \"Authorization: Bearer $KEY\" '{baseUrl}{Path}'{body}";
    }
}
