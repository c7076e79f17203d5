namespace Distribution.Dashboard.Idempotency;

/// <summary>An answer as it goes out again.</summary>
internal sealed record KeptAnswer(int Status, Dictionary<string, string[]> Headers, byte[] Body);
