namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>Bytes that a socket took, by what they were.</summary>
internal readonly record struct SentBytes(int Payload, int Metadata, int Overhead);
