using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Distribution.Ingest.Uploads;

/// <summary>Reads the JSON body of a request that creates something.</summary>
internal static class JsonBody
{
    /// <summary>One of value and refusal is null.</summary>
    /// <param name="maxBytes">A longer body is refused without being read to its end.</param>
    public static async Task<(T? Value, IResult? Refusal)> ReadAsync<T>(
        HttpContext context,
        JsonTypeInfo<T> type,
        long maxBytes
    )
        where T : class
    {
        // A page of another site can send any other type with the visitor's cookie, but not this one.
        if (!context.Request.HasJsonContentType())
            return (null, Problem.UnsupportedMediaType.With("Send application/json."));
        if (context.Request.ContentLength > maxBytes)
            return (null, TooLong(maxBytes));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = maxBytes;
        try
        {
            T? value = await context.Request.ReadFromJsonAsync(type, context.RequestAborted);
            return value is null ? (null, Problem.InvalidRequest.With("The body is null.")) : (value, null);
        }
        catch (JsonException e)
        {
            return (null, Problem.InvalidRequest.With(e.Message));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLong(maxBytes));
        }
    }

    private static IResult TooLong(long maxBytes) =>
        Problem.RequestTooLarge.With($"The body is longer than {maxBytes} bytes.");
}
