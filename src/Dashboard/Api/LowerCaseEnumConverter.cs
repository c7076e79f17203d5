using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distribution.Dashboard.Api;

/// <summary>The API's names of an enum's values: camel case, never numbers.</summary>
public sealed class LowerCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
