using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A message with bytes of its own.</summary>
public sealed record TestFrame(MessageType Type, BlockRequest Block, byte ExtensionId, byte[] Payload);
