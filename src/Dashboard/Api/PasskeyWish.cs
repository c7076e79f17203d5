using System.Text.Json;

namespace Distribution.Dashboard.Api;

/// <param name="Name">Up to 60 characters; without it "Passkey".</param>
/// <param name="Credential">What the browser's navigator.credentials.create() gave, as its toJSON() writes it.</param>
internal sealed record PasskeyWish(string? Name, JsonElement Credential);
