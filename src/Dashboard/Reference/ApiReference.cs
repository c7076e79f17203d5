using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Distribution.Dashboard.Reference;

/// <summary>The API as its own description tells it, for people: read once, since it cannot change while the server runs.</summary>
internal sealed class ApiReference(IServiceProvider services)
{
    private readonly Lock _gate = new();
    private Task<IReadOnlyList<ReferenceGroup>>? _groups;

    public Task<IReadOnlyList<ReferenceGroup>> ReadAsync()
    {
        lock (_gate)
            return _groups is null or { IsFaulted: true } ? _groups = BuildAsync() : _groups;
    }

    private async Task<IReadOnlyList<ReferenceGroup>> BuildAsync()
    {
        OpenApiDocument document = await services
            .GetRequiredKeyedService<IOpenApiDocumentProvider>("v1")
            .GetOpenApiDocumentAsync();
        return
        [
            .. document
                .Paths.SelectMany(path =>
                    (path.Value.Operations ?? []).Select(call => Read(path.Key, call.Key.Method, call.Value))
                )
                .Where(call => call.Path.StartsWith("/api/", StringComparison.Ordinal))
                .GroupBy(call => call.Tag, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new ReferenceGroup(
                    group.Key,
                    [.. group.OrderBy(call => call.Path, StringComparer.Ordinal).ThenBy(call => call.Method)]
                )),
        ];
    }

    private static ReferenceCall Read(string path, string method, OpenApiOperation operation)
    {
        IOpenApiSchema? body = operation.RequestBody?.Content?.Values.FirstOrDefault()?.Schema;
        return new ReferenceCall
        {
            Tag = operation.Tags?.FirstOrDefault()?.Name is { Length: > 0 } tag && !tag.Contains('.') ? tag : "Other",
            Id = operation.OperationId ?? $"{method}{path}".Replace('/', '-'),
            Method = method.ToUpperInvariant(),
            Path = path,
            Summary = operation.Summary ?? "",
            Description = operation.Description ?? "",
            Parameters =
            [
                .. (operation.Parameters ?? []).Select(one => new ReferenceField(
                    one.Name ?? "",
                    one.In?.ToString().ToLowerInvariant() ?? "",
                    TypeOf(one.Schema),
                    one.Description ?? ""
                )),
            ],
            BodyTypes = [.. operation.RequestBody?.Content?.Keys ?? []],
            Body = FieldsOf(body),
            BodySample = body is null ? null : SampleOf(body, 0)?.ToJsonString(ReferenceCall.Indented),
            Answers =
            [
                .. (operation.Responses ?? []).Select(answer => new ReferenceAnswer(
                    answer.Key,
                    answer.Value.Description ?? "",
                    FieldsOf(answer.Value.Content?.Values.FirstOrDefault()?.Schema)
                )),
            ],
        };
    }

    private static IReadOnlyList<ReferenceField> FieldsOf(IOpenApiSchema? schema) =>
        schema switch
        {
            null => [],
            { Type: { } type, Items: { } items } when type.HasFlag(JsonSchemaType.Array) => FieldsOf(items),
            { Properties: { Count: > 0 } properties } =>
            [
                .. properties.Select(one => new ReferenceField(
                    one.Key,
                    schema.Required?.Contains(one.Key) == true ? "required" : "",
                    TypeOf(one.Value),
                    one.Value.Description ?? ""
                )),
            ],
            _ => [],
        };

    private static string TypeOf(IOpenApiSchema? schema)
    {
        if (schema is null)
            return "";
        if (schema.Enum is { Count: > 0 } values)
            return string.Join(" | ", values.Where(one => one is not null).Select(one => one!.ToJsonString()));
        if (schema.Type is not { } type)
            return schema is OpenApiSchemaReference { Reference.Id: { } id } ? id : "any";
        bool isNullable = type.HasFlag(JsonSchemaType.Null);
        string name =
            type.HasFlag(JsonSchemaType.Array) ? $"{TypeOf(schema.Items)}[]"
            : type.HasFlag(JsonSchemaType.Integer) ? "integer"
            : type.HasFlag(JsonSchemaType.Number) ? "number"
            : type.HasFlag(JsonSchemaType.Boolean) ? "boolean"
            : type.HasFlag(JsonSchemaType.String)
                ? schema.Format is { Length: > 0 } format ? $"string, {format}"
                    : "string"
            : schema is OpenApiSchemaReference { Reference.Id: { } reference } ? reference
            : "object";
        return isNullable ? $"{name} or null" : name;
    }

    private static JsonNode? SampleOf(IOpenApiSchema schema, int depth)
    {
        if (schema.Enum is { Count: > 0 } values)
            return values[0]?.DeepClone();
        JsonSchemaType type = schema.Type ?? JsonSchemaType.Object;
        if (type.HasFlag(JsonSchemaType.Array))
            return new JsonArray(schema.Items is null || depth > 2 ? null : SampleOf(schema.Items, depth + 1));
        if (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number))
            return 1;
        if (type.HasFlag(JsonSchemaType.Boolean))
            return true;
        if (type.HasFlag(JsonSchemaType.String))
            return "…";
        var sample = new JsonObject();
        if (depth <= 2)
        {
            foreach ((string name, IOpenApiSchema one) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
                sample[name] = SampleOf(one, depth + 1);
        }
        return sample;
    }
}
