namespace Distribution.Contracts.Ledgers;

/// <summary>Counters of one sender.</summary>
/// <param name="Source">Who counted: "webseed/…" or "edge/…".</param>
/// <param name="Epoch">Which counter file; counters of two epochs add up.</param>
[GenerateSerializer, Immutable]
public sealed record SendReport(string Source, string Epoch, IReadOnlyList<SendCounter> Counters);
