using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A tus 1.0.0 client of the tests' own, which says each step and checks each answer.</summary>
internal sealed class Tus(DistributionServer server)
{
    /// <summary>Creates an upload; its address.</summary>
    public async Task<Uri> CreateAsync(string name, long sizeBytes)
    {
        using HttpResponseMessage response = await TryCreateAsync(name, sizeBytes);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await DescribeAsync(response));
        return new Uri(server.Url, response.Headers.Location!);
    }

    public async Task<HttpResponseMessage> TryCreateAsync(string name, long sizeBytes)
    {
        using HttpRequestMessage request = Request(HttpMethod.Post, new Uri(server.Url, "/api/v1/uploads"));
        request.Headers.Add("Upload-Length", sizeBytes.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(name))}");
        return await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<long> OffsetAsync(Uri location)
    {
        using HttpRequestMessage request = Request(HttpMethod.Head, location);
        using HttpResponseMessage response = await server.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        Assert.True(response.IsSuccessStatusCode, $"HEAD answered {response.StatusCode}.");
        return Offset(response);
    }

    /// <summary>Sends a part and asserts that all of it was acknowledged.</summary>
    public async Task PatchAsync(Uri location, long offset, ReadOnlyMemory<byte> part)
    {
        using HttpResponseMessage response = await TryPatchAsync(location, offset, new ReadOnlyMemoryContent(part));
        Assert.True(response.StatusCode == HttpStatusCode.NoContent, await DescribeAsync(response));
        Assert.Equal(offset + part.Length, Offset(response));
    }

    public async Task<HttpResponseMessage> TryPatchAsync(Uri location, long offset, HttpContent content)
    {
        using HttpRequestMessage request = Request(HttpMethod.Patch, location);
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        request.Content = content;
        content.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
        return await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends the rest of a file in one piece and waits until it is published.</summary>
    public async Task<PublishedVideo> FinishAsync(Uri location, string path)
    {
        long offset = await OffsetAsync(location);
        await using FileStream file = File.OpenRead(path);
        file.Position = offset;
        using HttpResponseMessage response = await TryPatchAsync(location, offset, new StreamContent(file));
        Assert.True(response.StatusCode == HttpStatusCode.NoContent, await DescribeAsync(response));
        return await PublishedAsync(location);
    }

    public async Task<PublishedVideo> PublishedAsync(Uri location)
    {
        string id = location.Segments[^1];
        JsonElement file = default;
        await Wait.UntilAsync(
            async () =>
            {
                file = await server.GetJsonAsync($"/api/v1/files/{id}");
                string? state = file.GetProperty("state").GetString();
                Assert.True(state is "uploading" or "processing" or "published", file.ToString());
                return state == "published";
            },
            TimeSpan.FromSeconds(60),
            $"file {id} is published"
        );
        return PublishedVideo.Read(file);
    }

    public static async Task<string> DescribeAsync(HttpResponseMessage response) =>
        $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";

    private HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        HttpRequestMessage request = server.Request(method, address.ToString());
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private static long Offset(HttpResponseMessage response) =>
        long.Parse(response.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
}
