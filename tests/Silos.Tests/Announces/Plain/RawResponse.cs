namespace Distribution.Silos.Tests.Announces.Plain;

/// <param name="Headers">Names in lower case.</param>
internal sealed record RawResponse(string StatusLine, IReadOnlyDictionary<string, string> Headers, byte[] Body);
