using System.Net;

namespace Distribution.Access.Tests.Hosting;

/// <summary>Requests that depend on what was read before.</summary>
internal static class Conditional
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What is read, by its tag.</summary>
    public static async Task<string> TagAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.ETag!.ToString();
    }

    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string header,
        string value,
        object? body = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation(header, value);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await client.SendAsync(request, Stop);
    }
}
