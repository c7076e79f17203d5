using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Distribution.Contracts.Edges;

namespace Distribution.EdgeSeeder.Control;

/// <summary>The one call from an edge to the silos.</summary>
internal sealed class HeartbeatClient(HttpClient http, Uri server, string nodeId, string edgeKey, TimeProvider clock)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private readonly Uri _url = new(
        $"{server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/v1/edge/{Uri.EscapeDataString(nodeId)}/heartbeat"
    );

    /// <summary>
    /// Sends a heartbeat. The fault says why there are no orders, for people; both are null only when cancelled. Refused: the server does
    /// not know the key, or not for this node.
    /// </summary>
    public async Task<(EdgeOrders? Orders, string? Fault, bool IsRefused)> SendAsync(
        EdgeHeartbeat heartbeat,
        CancellationToken cancellation
    )
    {
        using var timeout = new CancellationTokenSource(_timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _url)
            {
                Content = JsonContent.Create(heartbeat),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", edgeKey);
            using HttpResponseMessage response = await http.SendAsync(request, both.Token);
            if (!response.IsSuccessStatusCode)
                return (
                    null,
                    $"The server answered {(int)response.StatusCode}.",
                    response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                );
            EdgeOrders? orders = await response.Content.ReadFromJsonAsync<EdgeOrders>(both.Token);
            return orders is null ? (null, "The server answered no orders.", false) : (orders, null, false);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException)
        {
            return (null, fault.Message, false);
        }
        catch (OperationCanceledException)
        {
            return (null, cancellation.IsCancellationRequested ? null : "The server did not answer in time.", false);
        }
    }
}
