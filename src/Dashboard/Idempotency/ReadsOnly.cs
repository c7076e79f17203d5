namespace Distribution.Dashboard.Idempotency;

/// <summary>Metadata of a POST that makes nothing: it may be sent as often as one likes.</summary>
internal sealed class ReadsOnly;
