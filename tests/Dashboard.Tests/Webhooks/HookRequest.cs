using System.Text.Json;

namespace Distribution.Dashboard.Tests.Webhooks;

internal sealed record HookRequest(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string EventId => Headers["Distribution-Event-Id"];
}
