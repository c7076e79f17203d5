using System.Net;
using System.Text.Json;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>One client of a file's live swarm (server-sent events).</summary>
internal sealed class LiveStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private LiveStream(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<LiveStream> OpenAsync(DistributionServer server, string fileId)
    {
        using HttpRequestMessage request = server.Request(HttpMethod.Get, $"/api/v1/files/{fileId}/live");
        HttpResponseMessage response = await server.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            Stop
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new LiveStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(Stop)));
    }

    /// <summary>Reads on until there is a state as wanted.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isWanted, TimeSpan patience)
    {
        while (await _reader.ReadLineAsync(Stop).AsTask().WaitAsync(patience, Stop) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            JsonElement state = JsonDocument.Parse(line[6..]).RootElement;
            if (isWanted(state))
                return state;
        }
        throw new EndOfStreamException("The stream ended before.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
