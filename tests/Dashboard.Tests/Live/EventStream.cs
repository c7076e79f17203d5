using System.Net;
using System.Text.Json;

namespace Distribution.Dashboard.Tests.Live;

/// <summary>One client of <c>/live</c>, read line by line.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    public HttpResponseMessage Response => _response;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="lastEventId">Null: none is sent.</param>
    public static async Task<EventStream> OpenAsync(HttpClient client, string fileId, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{fileId}/live");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await OfAsync(response);
    }

    public static async Task<EventStream> OfAsync(HttpResponseMessage response) =>
        new(response, new StreamReader(await response.Content.ReadAsStreamAsync(Stop)));

    /// <summary>The next event's name and data; null at the end of the stream.</summary>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        string? name = null;
        JsonElement data = default;
        while (await _reader.ReadLineAsync(Stop) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = JsonSerializer.Deserialize<JsonElement>(line[6..]);
            else if (line.Length == 0 && name is not null)
                return (name, data);
        }
        return null;
    }

    /// <summary>Reads on until there is a state that is as wanted; a renewal repeats what was.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isWanted)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Name == "swarm" && isWanted(next.Data))
                return next.Data;
        }
        throw new EndOfStreamException("The stream ended before.");
    }

    /// <summary>Reads on until a comment: the server is there, and has nothing to say.</summary>
    public async Task HeartbeatAsync()
    {
        while (await _reader.ReadLineAsync(Stop) is { } line)
        {
            if (line.StartsWith(':'))
                return;
        }
        throw new EndOfStreamException("The stream ended before.");
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
