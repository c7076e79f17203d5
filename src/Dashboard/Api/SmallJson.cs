using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Distribution.Dashboard.Api;

/// <summary>Reads small JSON bodies, of which nothing is believed.</summary>
internal static class SmallJson
{
    private const int MaxBytes = 16 * 1024;

    /// <summary>Null: no JSON, not of that form, or longer than it may be.</summary>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, int maxBytes = MaxBytes)
        where T : class
    {
        if (!request.HasJsonContentType() || request.ContentLength > maxBytes)
            return null;
        JsonSerializerOptions json = request
            .HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>()
            .Value.SerializerOptions;
        try
        {
            // A body without a length could be of any size.
            using var body = new MemoryStream();
            byte[] block = new byte[4096];
            int read;
            while ((read = await request.Body.ReadAsync(block, request.HttpContext.RequestAborted)) > 0)
            {
                if (body.Length + read > maxBytes)
                    return null;
                body.Write(block, 0, read);
            }
            return JsonSerializer.Deserialize<T>(body.GetBuffer().AsSpan(0, (int)body.Length), json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
