// The map of live conditions: the area pack's roads as its ground, no tiles, nothing from outside.
const box = document.getElementById("map");
const colours = {
  macet: "#ff8a80",
  ditutup: "#ff8a80",
  padat: "#ffb454",
  "padat merayap": "#ffb454",
  tersendat: "#ffb454",
  dialihkan: "#ffb454",
  lancar: "#7fd99a",
  "ramai lancar": "#7fd99a",
};
const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, preferCanvas: true });
const roads = await (await fetch(box.dataset.roads)).json();
const ground = L.geoJSON(roads, {
  interactive: false,
  style: (road) =>
    road.properties.class === "corridor" ? { color: "#8fa6bd", weight: 3.5 } : { color: "#4d6480", weight: 1.5 },
}).addTo(map);
if (roads.features.length) map.fitBounds(ground.getBounds());
else map.setView([-7.15, 111.88], 10);
const points = L.layerGroup().addTo(map);
async function show() {
  const answer = await fetch(box.dataset.livePoints).catch(() => null);
  if (!answer?.ok) return;
  const found = await answer.json();
  points.clearLayers();
  for (const feature of found.features) {
    const [lon, lat] = feature.geometry.coordinates;
    const { place, flow, said } = feature.properties;
    L.circleMarker([lat, lon], {
      radius: 9,
      weight: 2,
      color: "#0c1218",
      fillColor: colours[flow] ?? "#8ecbff",
      fillOpacity: 1,
    })
      .bindTooltip(`${place}: ${said}`.replace(/[<>&]/g, ""), { direction: "top" })
      .addTo(points);
  }
}
show();
document.addEventListener("desk:change", (event) => {
  if (event.detail.topic === "traffic") show();
});
