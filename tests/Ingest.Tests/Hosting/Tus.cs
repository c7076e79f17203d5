using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>tus in a few lines, as a client would say it.</summary>
internal static class Tus
{
    public const string Root = "/api/v1/uploads";

    public static string Metadata(string name, string? type = null, string? title = null) =>
        string.Join(
            ',',
            new[] { ("filename", name), ("filetype", type), ("title", title) }
                .Where(p => p.Item2 is not null)
                .Select(p => $"{p.Item1} {Convert.ToBase64String(Encoding.UTF8.GetBytes(p.Item2!))}")
        );

    public static Task<HttpResponseMessage> CreateAsync(HttpClient client, long size, string metadata)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Root);
        request.Headers.Add("Upload-Length", size.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Metadata", metadata);
        return client.SendAsync(request);
    }

    /// <summary>The new upload's id.</summary>
    public static async Task<string> CreatedAsync(HttpClient client, long size, string name = "film.mp4")
    {
        using HttpResponseMessage response = await CreateAsync(client, size, Metadata(name, "video/mp4"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.ToString().Split('/')[^1];
    }

    public static async Task<HttpResponseMessage> PatchAsync(
        HttpClient client,
        string id,
        long offset,
        HttpContent body,
        string type = "application/offset+octet-stream"
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"{Root}/{id}") { Content = body };
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await client.SendAsync(request);
    }

    public static Task<HttpResponseMessage> PatchAsync(HttpClient client, string id, long offset, byte[] body) =>
        PatchAsync(client, id, offset, new ByteArrayContent(body));

    public static Task<HttpResponseMessage> HeadAsync(HttpClient client, string id) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{Root}/{id}"));

    public static async Task<long> OffsetAsync(HttpClient client, string id)
    {
        using HttpResponseMessage response = await HeadAsync(client, id);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return OffsetOf(response);
    }

    public static long OffsetOf(HttpResponseMessage response) =>
        long.Parse(response.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);

    /// <summary>Uploads in one PATCH, and waits until the file is published.</summary>
    public static async Task<PublishedFile> PublishAsync(HttpClient client, byte[] content, string name = "film.mp4")
    {
        string id = await CreatedAsync(client, content.Length, name);
        using HttpResponseMessage response = await PatchAsync(client, id, 0, content);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return await FileRecords.WhenAsync(id, FileState.Published);
    }

    /// <summary>Checks a refusal: status, type and that it can be traced.</summary>
    public static async Task<string> AssertProblemAsync(HttpResponseMessage response, int status, string slug)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using JsonDocument json = JsonDocument.Parse(body);
        Assert.Equal($"urn:distribution:problem:{slug}", json.RootElement.GetProperty("type").GetString());
        Assert.Equal(status, json.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(json.RootElement.GetProperty("traceId").GetString()!);
        return json.RootElement.GetProperty("detail").GetString()!;
    }

    private static int _seeds;

    /// <summary>Other bytes at every call: tests run side by side, and equal files would share their counters.</summary>
    public static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(Interlocked.Increment(ref _seeds)).NextBytes(bytes);
        return bytes;
    }
}
